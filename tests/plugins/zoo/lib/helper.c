__attribute__((visibility("default"))) const char* zoo_helper(void);

const char* zoo_helper(void) {
  return ANSWER;
}
