__attribute__((visibility("default"))) int zoo_gone(void);

int zoo_gone(void) {
  return 1;
}
