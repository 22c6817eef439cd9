// How fast a service reads what a container writes to its console.
'use strict';

function consoleActions({ domainOf }) {
  return {
    /** Lets init go on by a line, and resolves with the milliseconds until so many bytes have come. */
    async readConsole({ name, bytes }) {
      const stream = await domainOf(name).openConsole();
      const started = performance.now();
      let size = 0;
      await new Promise((resolve, reject) => {
        stream.on('data', (chunk) => {
          size += chunk.length;
          if (size >= bytes) resolve();
        });
        stream.on('error', reject);
        stream.on('end', () => reject(new Error(`the console ended after ${size} bytes`)));
        stream.write('\n');
      });
      const milliseconds = performance.now() - started;
      const { skipped } = stream;
      stream.removeAllListeners();
      stream.destroy();
      if (skipped > 0n) throw new Error(`${skipped} bytes were left out`);
      return { milliseconds };
    },
  };
}

module.exports = { consoleActions };
