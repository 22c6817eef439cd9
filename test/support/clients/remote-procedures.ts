/** The tables of all procedures that are served of libvirt’s remote program, for tests that are about each of them. */
import { connectProcedures } from '../../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../../lib/rpc/protocol/domain';
import { eventProcedures } from '../../../lib/rpc/protocol/events';
import { filterProcedures } from '../../../lib/rpc/protocol/filter';
import { interfaceProcedures } from '../../../lib/rpc/protocol/interface';
import { networkProcedures } from '../../../lib/rpc/protocol/network';
import { nodeDeviceProcedures } from '../../../lib/rpc/protocol/node-device';
import type { Procedures } from '../../../lib/rpc/protocol/procedure';
import { secretProcedures } from '../../../lib/rpc/protocol/secret';
import { poolProcedures } from '../../../lib/rpc/protocol/storage/pools';
import { volumeProcedures } from '../../../lib/rpc/protocol/storage/volumes';
import { streamProcedures } from '../../../lib/rpc/protocol/streams';
import { tuningProcedures } from '../../../lib/rpc/protocol/tuning';

export const remoteTables: readonly Procedures[] = [
  ...[connectProcedures, domainProcedures, eventProcedures, filterProcedures],
  ...[interfaceProcedures, networkProcedures, nodeDeviceProcedures, poolProcedures],
  ...[secretProcedures, streamProcedures, tuningProcedures, volumeProcedures],
];
