/** Asks a running container's shell something on its console, through the library. */
import type { Domain } from 'tslxc';
import { patience } from '../time/eventually';

/** Milliseconds that an answer is waited for. */
const longest = 5000 * patience;

/** Types a line on the console (nothing when it is empty); resolves with all output up to a match. */
export async function askConsole(domain: Domain, line: string, answer: RegExp): Promise<string> {
  const stream = await domain.openConsole();
  try {
    return await new Promise<string>((resolve, reject) => {
      let output = '';
      const fail = (): void => reject(new Error(`no ${String(answer)} in: ${output}`));
      const timer = setTimeout(fail, longest);
      stream.once('error', reject);
      stream.once('end', fail);
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (!answer.test(output)) return;
        clearTimeout(timer);
        resolve(output);
      });
      if (line !== '') stream.write(`${line}\n`);
    });
  } finally {
    stream.destroy();
  }
}

/** Proves that a shell reads and writes its console. */
export async function expectShell(domain: Domain): Promise<void> {
  await askConsole(domain, 'echo answer=$((6 * 7))', /answer=42/);
}
