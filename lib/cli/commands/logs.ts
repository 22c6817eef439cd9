/** logs: what a container's first console has put out, also when it runs no more. */
import { domainOption } from '../command';
import { saying } from '../command-error';
import { findDomain } from '../domain-argument';
import { printable } from '../output';
import type { Options } from '../arguments';
import type { CommandTable, Context } from '../command';

export const commands: CommandTable = {
  logs: {
    group: 'domain',
    summary: 'show what the guest console has put out',
    description:
      'Show the lines that the first console of the container has put out, in this run and those before it, as far as\n' +
      'they are kept. Control characters are shown as \\xNN unless --raw is given.',
    options: [
      domainOption,
      {
        name: 'follow',
        letter: 'f',
        kind: 'flag',
        help: 'go on until the container ends',
      },
      { name: 'lines', letter: 'n', kind: 'number', help: 'how many of the last lines to show' },
      { name: 'raw', kind: 'flag', help: 'show lines as they are: they may steer the terminal' },
    ],
    example: 'tslxc logs helloworld -n 20',
    run: show,
  },
};

async function show(context: Context, options: Options): Promise<number | undefined> {
  const { output, signals } = context;
  const text = options.required('domain');
  const lines = options.number('lines');
  const domain = await findDomain(await context.connect(), text);
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  if (options.has('follow'))
    for (const name of ['SIGINT', 'SIGTERM'] as const) signals.on(name, stop);
  await saying(`Failed to read the log of domain '${text}'`, async () => {
    const shown = domain.logs({
      follow: options.has('follow'),
      signal: interrupt.signal,
      ...(lines === undefined ? {} : { lines }),
    });
    for await (const line of shown) output.text(`${options.has('raw') ? line : readable(line)}\n`);
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) signals.off(name, stop);
  return undefined;
}

/** A tab steers nothing. */
function readable(line: string): string {
  return line.split('\t').map(printable).join('\t');
}
