#include <partita/abi.h>
#include <partita/note.h>

PARTITA_NOTE("contract", "c++");

int main() {
  return 0;
}
