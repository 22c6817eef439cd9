/** net-event: waits for events of virtual networks, caused by any process. */
import { CommandError } from '../../shell/command-error';
import { findNetwork } from '../../options/network-argument';
import {
  eventOption,
  loopOptions,
  showEvents,
  showTypes,
  typeNamed,
} from '../../terminal/event-loop';
import type { NetworkEvent } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'net-event': {
    group: 'network',
    summary: 'network events',
    description:
      'List event types, or wait for network events to occur. With --format json each event is a line, and\n' +
      'what else is said is left out.',
    options: [
      {
        name: 'network',
        kind: 'string',
        help: 'filter by network name or uuid',
        positional: 'undocumented',
      },
      eventOption,
      ...loopOptions,
    ],
    example: 'tslxc net-event --event lifecycle --loop',
    run: watch,
  },
};

const types = ['lifecycle', 'metadata-change'] as const;

type EventType = (typeof types)[number];

const words: Readonly<Record<Exclude<NetworkEvent['event'], 'metadata-change'>, string>> = {
  defined: 'Defined',
  undefined: 'Undefined',
  started: 'Started',
  stopped: 'Stopped',
};

async function watch(context: Context, options: Options): Promise<number | undefined> {
  if (options.has('list')) {
    showTypes(context, options, types);
    return undefined;
  }
  const wanted = typeNamed(options, types);
  if (wanted === undefined) {
    throw new CommandError('either --list or --event <type> is required');
  }
  return showEvents(context, options, async (connection) => {
    const text = options.string('network');
    const network = text === undefined ? undefined : await findNetwork(connection, text);
    return {
      events: (signal) => connection.networkEvents({ signal }),
      isAsked: (event) =>
        (network === undefined || event.uuid === network.uuid) && typeOf(event) === wanted,
      lineOf,
    };
  });
}

function typeOf({ event }: NetworkEvent): EventType {
  return event === 'metadata-change' ? event : 'lifecycle';
}

function lineOf({ event, network, detail = 'element', uri = '<null>' }: NetworkEvent): string {
  if (event !== 'metadata-change') {
    return `event 'lifecycle' for network ${network}: ${words[event]}`;
  }
  return `event 'metadata-change' for network ${network}: type ${detail}, uri ${uri}`;
}
