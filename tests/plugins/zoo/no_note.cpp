extern "C" __attribute__((visibility("default"))) int partita_entry_v1() {
  return 0;
}
