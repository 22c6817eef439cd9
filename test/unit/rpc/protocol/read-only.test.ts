/** The tables of procedures, compared with the literal list of what libvirt lets a read-only connection call. */
import { absentNumbers, absentProcedure } from '../../../../lib/rpc/protocol/absent/absent';
import { lxcProcedures } from '../../../../lib/rpc/protocol/streams';
import {
  absentForReaders,
  refusedBeyondLibvirt,
  servedToReaders,
} from '../../../support/clients/read-only-procedures';
import { remoteTables } from '../../../support/clients/remote-procedures';

const tables = [...remoteTables, lxcProcedures];

test('a read-only client may call what libvirt lets it call, and nothing else that is served', () => {
  const readable = tables.flatMap((table) =>
    Object.entries(table).flatMap(([name, { access }]) => (access === 'write' ? [] : [name])),
  );
  expect(readable.sort()).toEqual([...servedToReaders].sort());
});

test('of what is not supported, a read-only client is told so where libvirt would let it call', () => {
  const readable = absentNumbers().flatMap((number) => {
    const { access, name = '' } = absentProcedure(number) ?? {};
    return access === 'write' ? [] : [name];
  });
  expect(readable.sort()).toEqual([...absentForReaders].sort());
});

test('what is refused although libvirt forgets to is refused', () => {
  const readable = [...servedToReaders, ...absentForReaders];
  expect(refusedBeyondLibvirt.filter((name) => readable.includes(name))).toEqual([]);
});

test('only ways in are open before a connection is opened', () => {
  const open = tables.flatMap((table) =>
    Object.entries(table).flatMap(([name, { access }]) => (access === 'open' ? [name] : [])),
  );
  expect(open.sort()).toEqual([
    'AuthList',
    'AuthPolkit',
    'ConnectClose',
    'ConnectOpen',
    'ConnectSupportsFeature',
  ]);
});
