/** event: waits for what happens to domains, whoever does it. */
import { CommandError } from '../../shell/command-error';
import { findDomain } from '../../options/domain-argument';
import { timeoutOf, universalTime, untilEnd } from '../../terminal/event-loop';
import type { Connection, Domain, DomainEvent } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  event: {
    group: 'monitor',
    summary: 'domain events',
    description: 'List event types, or wait for domain events to occur.',
    options: [
      { name: 'domain', kind: 'string', help: 'filter by domain name, id or uuid' },
      { name: 'event', kind: 'string', help: 'which event type to wait for' },
      { name: 'all', kind: 'flag', help: 'wait for all events instead of just one type' },
      {
        name: 'loop',
        kind: 'flag',
        help: 'loop until timeout or interrupt, rather than one-shot',
      },
      { name: 'timeout', kind: 'number', help: 'timeout seconds' },
      { name: 'list', kind: 'flag', help: 'list valid event types' },
      { name: 'timestamp', kind: 'flag', help: 'show timestamp for each printed event' },
    ],
    example: 'tslxc event --all --loop --timestamp',
    run: watch,
  },
};

/** virsh's types of events that domains here have, and one of ours: what a start warns of. */
const types = ['lifecycle', 'reboot', 'metadata-change', 'warning'] as const;

type EventType = (typeof types)[number];

async function watch(context: Context, options: Options): Promise<number | undefined> {
  if (options.has('list')) {
    for (const type of types) context.output.line(type);
    return undefined;
  }
  const wanted = typesOf(options);
  const seconds = timeoutOf(options);
  const connection = await context.connect();
  const text = options.string('domain');
  const domain = text === undefined ? undefined : await findDomain(connection, text);
  const count = await untilEnd(context, seconds, (signal) =>
    follow(context, options, { connection, domain, wanted, signal }),
  );
  context.output.line(`events received: ${String(count)}`);
  return count > 0 ? undefined : 1;
}

function typesOf(options: Options): readonly EventType[] {
  const name = options.string('event');
  if (name === undefined) {
    if (options.has('all')) return types;
    throw new CommandError('one of --list, --all, or --event <type> is required');
  }
  const type = types.find((known) => known === name);
  if (type === undefined) throw new CommandError(`unknown event type ${name}`);
  return [type];
}

interface Following {
  readonly connection: Connection;
  readonly domain: Domain | undefined;
  readonly wanted: readonly EventType[];
  readonly signal: AbortSignal;
}

/** Prints events as they come; resolves to how many it were. */
async function follow(
  { output }: Context,
  options: Options,
  { connection, domain, wanted, signal }: Following,
): Promise<number> {
  let count = 0;
  connection.ref();
  for await (const event of connection.events({ signal })) {
    if (domain !== undefined && event.uuid !== domain.uuid) continue;
    if (!wanted.includes(typeOf(event))) continue;
    const line = lineOf(event);
    output.line(options.has('timestamp') ? `${universalTime(event.time)}: ${line}` : line);
    count += 1;
    if (!options.has('loop')) break;
  }
  return count;
}

function typeOf({ event }: DomainEvent): EventType {
  return types.find((type) => type === event) ?? 'lifecycle';
}

function lineOf(event: DomainEvent): string {
  const type = typeOf(event);
  const head = `event '${type}' for domain '${event.domain}'`;
  switch (type) {
    case 'lifecycle':
      return `${head}: ${capitalized(event.event)} ${capitalized(event.detail)}`;
    case 'reboot':
      return head;
    case 'metadata-change':
      return `${head}: type ${event.detail}, uri ${event.uri ?? '<null>'}`;
    case 'warning':
      return `${head}: ${event.detail}`;
  }
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
