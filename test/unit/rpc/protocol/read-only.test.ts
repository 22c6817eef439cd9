/** The tables of procedures, compared with the literal list of what libvirt lets a read-only connection call. */
import { absentNumbers, absentProcedure } from '../../../../lib/rpc/protocol/absent/absent';
import { connectProcedures } from '../../../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../../../lib/rpc/protocol/domain';
import { eventProcedures } from '../../../../lib/rpc/protocol/events';
import { interfaceProcedures } from '../../../../lib/rpc/protocol/interface';
import { networkProcedures } from '../../../../lib/rpc/protocol/network';
import { filterProcedures } from '../../../../lib/rpc/protocol/filter';
import { nodeDeviceProcedures } from '../../../../lib/rpc/protocol/node-device';
import { secretProcedures } from '../../../../lib/rpc/protocol/secret';
import type { Procedures } from '../../../../lib/rpc/protocol/procedure';
import { poolProcedures } from '../../../../lib/rpc/protocol/storage/pools';
import { volumeProcedures } from '../../../../lib/rpc/protocol/storage/volumes';
import { lxcProcedures, streamProcedures } from '../../../../lib/rpc/protocol/streams';
import { tuningProcedures } from '../../../../lib/rpc/protocol/tuning';
import {
  absentForReaders,
  refusedBeyondLibvirt,
  servedToReaders,
} from '../../../support/clients/read-only-procedures';

const tables: Readonly<Record<string, Procedures>> = {
  connectProcedures,
  domainProcedures,
  eventProcedures,
  lxcProcedures,
  networkProcedures,
  interfaceProcedures,
  filterProcedures,
  nodeDeviceProcedures,
  secretProcedures,
  poolProcedures,
  streamProcedures,
  tuningProcedures,
  volumeProcedures,
};

test('a read-only client may call what libvirt lets it call, and nothing else that is served', () => {
  const readable = Object.values(tables).flatMap((table) =>
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
  const open = Object.values(tables).flatMap((table) =>
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
