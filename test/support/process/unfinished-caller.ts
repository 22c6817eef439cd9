/** A caller that starts a container through the library, keeps it as its own, and then only lives on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { libraryWords } from './library-child';
import { commandEnvironment } from './run-command';

/** Resolves once its `start` has returned, with what kills it by SIGKILL and waits for that. */
export async function startAndStay(root: string, name: string): Promise<() => Promise<void>> {
  const [program, ...words] = libraryWords(`
    const connection = await connect();
    const domain = await connection.lookupDomainByName(${JSON.stringify(name)});
    await domain.start();
    connection.ref();
    console.log('started');`);
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: commandEnvironment(root),
  });
  const ended = once(child, 'close');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => ['the caller ended before its start returned']),
  ])) as string[];
  if (line !== 'started') throw new Error(line);
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}
