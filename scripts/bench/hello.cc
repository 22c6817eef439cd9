// The init of the peers that stay in the foreground, for `npm run bench`: says that it runs, and
// stays.

#include <unistd.h>

int main() {
  if (write(1, "\n", 1) != 1) return 1;
  for (;;) pause();
}
