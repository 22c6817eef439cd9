/** event: waits for events of domains, caused by any process. */
import { CommandError } from '../../shell/command-error';
import { findDomain } from '../../options/domain-argument';
import {
  eventOption,
  loopOptions,
  showEvents,
  showTypes,
  typeNamed,
} from '../../terminal/event-loop';
import { isOomKilled } from '../../output/words/domain-words';
import type { DomainEvent } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  event: {
    group: 'monitor',
    summary: 'domain events',
    description:
      'List event types, or wait for domain events to occur. With --format json each event is a line, and\n' +
      'what else is said is left out.',
    options: [
      {
        name: 'domain',
        kind: 'string',
        help: 'filter by domain name, id or uuid',
        positional: 'undocumented',
      },
      eventOption,
      { name: 'all', kind: 'flag', help: 'wait for all events instead of just one type' },
      ...loopOptions,
    ],
    example: 'tslxc event --all --loop --timestamp',
    run: watch,
  },
};

/** The event types of virsh that occur here, and two of tslxc: `health-change` and `warning`, the warnings of a start. */
const types = [
  'lifecycle',
  'reboot',
  'device-removed',
  'device-added',
  'metadata-change',
  'health-change',
  'warning',
] as const;

type EventType = (typeof types)[number];

async function watch(context: Context, options: Options): Promise<number | undefined> {
  options.exclusive('all', 'event');
  options.exclusive('list', 'all');
  options.exclusive('list', 'event');
  if (options.has('list')) {
    showTypes(context, options, types);
    return undefined;
  }
  const wanted = typesOf(options);
  return showEvents(context, options, async (connection) => {
    const text = options.string('domain');
    const domain = text === undefined ? undefined : await findDomain(connection, text);
    const isAsked = (event: DomainEvent): boolean =>
      (domain === undefined || event.uuid === domain.uuid) && wanted.includes(typeOf(event));
    return {
      events: (signal) => connection.events({ signal }),
      isAsked,
      lineOf,
    };
  });
}

function typesOf(options: Options): readonly EventType[] {
  const type = typeNamed(options, types);
  if (type !== undefined) return [type];
  if (options.has('all')) return types;
  throw new CommandError('one of --list, --all, or --event <type> is required');
}

function typeOf({ event }: DomainEvent): EventType {
  return types.find((type) => type === event) ?? 'lifecycle';
}

function lineOf(event: DomainEvent): string {
  const type = typeOf(event);
  const head = `event '${type}' for domain '${event.domain}'`;
  switch (type) {
    case 'lifecycle':
      return `${head}: ${capitalized(event.event)} ${capitalized(event.detail)}${oomWords(event)}`;
    case 'reboot':
      return head;
    case 'device-added':
    case 'device-removed':
      return `${head}: ${event.device ?? ''}`;
    case 'metadata-change':
      return `${head}: type ${event.detail}, uri ${event.uri ?? '<null>'}`;
    case 'health-change':
      return `${head}: ${event.detail}`;
    case 'warning':
      return `${head}: ${event.detail}${placeWords(event)}`;
  }
}

/** Which part of the definition a warning is about. */
function placeWords({ element, line, column }: DomainEvent): string {
  if (element === undefined || line === undefined || column === undefined) return '';
  return ` ${element}, line ${line}, column ${column}`;
}

function oomWords({ exit }: DomainEvent): string {
  return exit !== undefined && isOomKilled(exit) ? ' (oom-killed)' : '';
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
