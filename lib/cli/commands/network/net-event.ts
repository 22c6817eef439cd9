/** net-event: waits for what happens to virtual networks, whoever does it. */
import { CommandError } from '../../shell/command-error';
import { timeoutOf, universalTime, untilEnd } from '../../terminal/event-loop';
import { findNetwork } from '../../options/network-argument';
import type { Connection, Network, NetworkEvent } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'net-event': {
    group: 'network',
    summary: 'network events',
    description: 'List event types, or wait for network events to occur.',
    options: [
      {
        name: 'network',
        kind: 'string',
        help: 'filter by network name or uuid',
        positional: 'optional',
      },
      { name: 'event', kind: 'string', help: 'which event type to wait for' },
      {
        name: 'loop',
        kind: 'flag',
        help: 'loop until timeout or interrupt, rather than one-shot',
      },
      { name: 'timeout', kind: 'number', help: 'timeout seconds' },
      { name: 'list', kind: 'flag', help: 'list valid event types' },
      { name: 'timestamp', kind: 'flag', help: 'show timestamp for each printed event' },
    ],
    example: 'tslxc net-event --event lifecycle --loop',
    run: watch,
  },
};

const words: Readonly<Record<NetworkEvent['event'], string>> = {
  defined: 'Defined',
  undefined: 'Undefined',
  started: 'Started',
  stopped: 'Stopped',
};

async function watch(context: Context, options: Options): Promise<number | undefined> {
  if (options.has('list')) {
    context.output.line('lifecycle');
    return undefined;
  }
  checkType(options.string('event'));
  const seconds = timeoutOf(options);
  const connection = await context.connect();
  const text = options.string('network');
  const network = text === undefined ? undefined : await findNetwork(connection, text);
  const count = await untilEnd(context, seconds, (signal) =>
    follow(context, options, { connection, network, signal }),
  );
  context.output.line(`events received: ${String(count)}`);
  return count > 0 ? undefined : 1;
}

function checkType(type: string | undefined): void {
  if (type === undefined) throw new CommandError('either --list or --event <type> is required');
  if (type !== 'lifecycle') throw new CommandError(`unknown event type ${type}`);
}

interface Following {
  readonly connection: Connection;
  readonly network: Network | undefined;
  readonly signal: AbortSignal;
}

/** Prints events as they come; resolves to how many it were. */
async function follow(
  { output }: Context,
  options: Options,
  { connection, network, signal }: Following,
): Promise<number> {
  let count = 0;
  connection.ref();
  for await (const event of connection.networkEvents({ signal })) {
    if (network !== undefined && event.uuid !== network.uuid) continue;
    const line = `event 'lifecycle' for network ${event.network}: ${words[event.event]}`;
    output.line(options.has('timestamp') ? `${universalTime(event.time)}: ${line}` : line);
    count += 1;
    if (!options.has('loop')) break;
  }
  return count;
}
