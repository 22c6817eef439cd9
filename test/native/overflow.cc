// The positive control: each mistake that is asked for must end this program, or the others prove
// nothing.
#include <climits>
#include <cstdlib>
#include <cstring>
#include <vector>

int main(int argc, char** argv) {
  const int one = argc - 1;
  if (std::strcmp(argv[1], "heap") == 0) {
    std::vector<char> bytes(16);
    volatile char* memory = bytes.data();
    memory[16 * one] = 1;
  }
  if (std::strcmp(argv[1], "signed") == 0) {
    volatile int most = INT_MAX;
    most = most + one;
  }
  return 0;
}
