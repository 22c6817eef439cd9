/** The bounds of a client, of a user and of all clients are what docs/libvirt-clients.md says, and no other call takes a list. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../lib/host/package-paths';
import { mostCells } from '../../../../lib/rpc/dispatch/connect/node';
import { mostRepeats } from '../../../../lib/rpc/dispatch/domain/all-statistics';
import { mostCallbacks } from '../../../../lib/rpc/dispatch/events/client-events';
import { longestMessage, mostDescriptors } from '../../../../lib/rpc/protocol/numbers';
import { lxcProcedures } from '../../../../lib/rpc/protocol/streams';
import { longestList } from '../../../../lib/rpc/protocol/values';
import {
  keptForRoot,
  longestTurnedAway,
  mostClients,
  mostStrangers,
  mostTurnedAway,
} from '../../../../lib/rpc/server/admission';
import {
  longestWithoutWrite,
  mostInTurn,
  mostRequests,
  muchToSend,
  muchWaiting,
  tooManyNotices,
} from '../../../../lib/rpc/server/client';
import { boundsOfUser } from '../../../../lib/rpc/users/bounds';
import { XdrReader } from '../../../../lib/rpc/xdr/reader';
import { remoteTables } from '../../../support/clients/remote-procedures';

const page = readFileSync(join(packageRoot, 'docs/libvirt-clients.md'), 'utf8');

/** `5000` → `5,000`. */
const count = (value: number): string => value.toLocaleString('en-US');
const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`;

function size(bytes: number): string {
  return bytes < 2 ** 20 ? `${bytes / 2 ** 10} KiB` : `${bytes / 2 ** 20} MiB`;
}

test.each([
  [
    'clients',
    [boundsOfUser.clients, count(mostClients), keptForRoot, mostStrangers, mostTurnedAway],
  ],
  ['clients', [seconds(longestTurnedAway)]],
  ['calls in flight', [mostRequests, boundsOfUser.calls]],
  ['calls begun', [mostInTurn, boundsOfUser.callsInTurn, `in ${boundsOfUser.turnMilliseconds} ms`]],
  ['bytes of a frame', [size(longestMessage), size(longestWithoutWrite)]],
  [
    'frames that have not come in full',
    [size(boundsOfUser.unfinishedBytes), seconds(boundsOfUser.frameMilliseconds)],
  ],
  ['callbacks', [count(mostCallbacks), count(mostCallbacks), count(boundsOfUser.callbacks)]],
  ['bytes of events', [size(longestMessage), size(tooManyNotices)]],
  ['bytes of answers', [size(muchToSend)]],
  ['descriptors of a call', [mostDescriptors]],
])('%s: the page has the numbers', (bound, numbers) => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${bound}`)) ?? '';
  // In this order.
  expect(row).toMatch(
    new RegExp(numbers.map((one) => `(?<!\\d|\\d,)${one}(?!\\d|,\\d)`).join('.*')),
  );
});

test('the page says with how much that waits a client is not read from', () => {
  expect(page).toContain(`A client with ${mostRequests} messages that wait or are in flight`);
  expect(page).toContain(`or with ${size(muchWaiting)} of calls that wait`);
  expect(page).toContain(`in the midst of a call of more than ${size(longestWithoutWrite)}`);
});

const tables = [...remoteTables, lxcProcedures];

test('of the calls that change nothing, those take a list of which the page says how long it is', () => {
  const lists = tables.flatMap((table) =>
    Object.entries(table).flatMap(([name, { access, arguments: codec }]) => {
      // Of bytes that are 0, every list is empty, but is one.
      const given = codec.read(new XdrReader(Buffer.alloc(codec.least))) as Record<string, unknown>;
      const fields = Object.keys(given).filter((field) => Array.isArray(given[field]));
      return access === 'write' ? [] : fields.map((field) => [name, field]);
    }),
  );
  expect(lists).toEqual([
    ['NodeGetFreePages', 'sizes'],
    ['ConnectGetAllDomainStats', 'domains'],
  ]);
  expect(page).toContain(`\`NodeGetFreePages\` takes ${count(mostCells)} \`sizes\``);
  expect(page).toContain(`\`ConnectGetAllDomainStats\` takes ${count(longestList)} \`domains\``);
  expect(page).toContain(`more than ${mostRepeats} domains that were named before are refused`);
});
