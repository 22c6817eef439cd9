/** All procedures that are served, by the numbers of program and procedure, each with its handler. */
import type { ErrorOrigin } from '../protocol/error-numbers';
import { connectProcedures } from '../protocol/connect';
import { domainProcedures } from '../protocol/domain';
import { eventProcedures } from '../protocol/events';
import { filterProcedures } from '../protocol/filter';
import { interfaceProcedures } from '../protocol/interface';
import { networkProcedures } from '../protocol/network';
import { nodeDeviceProcedures } from '../protocol/node-device';
import { programs } from '../protocol/numbers';
import type { Procedure, Procedures } from '../protocol/procedure';
import { secretProcedures } from '../protocol/secret';
import { poolProcedures } from '../protocol/storage/pools';
import { volumeProcedures } from '../protocol/storage/volumes';
import { lxcProcedures, streamProcedures } from '../protocol/streams';
import { tuningProcedures } from '../protocol/tuning';
import type { Header } from '../protocol/values';
import type { Call, Handlers } from './base/call';
import { connectionHandlers } from './connect/connection';
import { nodeHandlers } from './connect/node';
import { allStatisticsHandlers } from './domain/all-statistics';
import { consoleHandlers } from './domain/console';
import { namespaceHandlers } from './domain/namespaces';
import { definitionHandlers } from './domain/definitions';
import { lifeHandlers } from './domain/life';
import { limitHandlers } from './domain/limits';
import { listHandlers } from './domain/lists';
import { usageHandlers } from './domain/usage';
import type { EventHub } from './events/event-hub';
import { eventHandlers } from './events/handlers';
import { filterHandlers } from './filter/filters';
import { interfaceHandlers } from './interface/interfaces';
import { networkHandlers } from './network/networks';
import { portHandlers } from './network/ports';
import { nodeDeviceHandlers } from './node-device/node-devices';
import { secretHandlers } from './secret/secrets';
import { poolHandlers } from './storage/pools';
import { volumeHandlers } from './storage/volumes';

export interface ServedProcedure {
  /** Without libvirt's `vir`. */
  readonly name: string;
  readonly procedure: Procedure<unknown, unknown>;
  /** Which part of libvirt its errors come from. */
  readonly origin: ErrorOrigin;
  readonly handle: (call: Call, given: unknown) => unknown;
}

export class ServedPrograms {
  /** By program, then by procedure. */
  readonly #byNumber: ReadonlyMap<number, ReadonlyMap<number, ServedProcedure>>;

  constructor(hub: EventHub) {
    const connect = { ...connectionHandlers, ...nodeHandlers };
    const domain = { ...listHandlers, ...lifeHandlers, ...definitionHandlers };
    const network = { ...networkHandlers, ...portHandlers };
    this.#byNumber = new Map([
      [
        programs.remote.number,
        new Map([
          ...rows('lxc', connectProcedures, connect),
          ...rows('lxc', domainProcedures, domain),
          ...rows('lxc', streamProcedures, consoleHandlers),
          ...rows('lxc', tuningProcedures, {
            ...limitHandlers,
            ...usageHandlers,
            ...allStatisticsHandlers,
          }),
          ...rows('remote', eventProcedures, eventHandlers(hub)),
          ...rows('network', networkProcedures, network),
          ...rows('nodeDevice', nodeDeviceProcedures, nodeDeviceHandlers),
          ...rows('interface', interfaceProcedures, interfaceHandlers),
          ...rows('secret', secretProcedures, secretHandlers),
          ...rows('filter', filterProcedures, filterHandlers),
          ...rows('storage', poolProcedures, poolHandlers),
          ...rows('storage', volumeProcedures, volumeHandlers),
        ]),
      ],
      [programs.lxc.number, new Map(rows('lxc', lxcProcedures, namespaceHandlers))],
    ]);
  }

  find({
    program,
    version,
    procedure,
  }: Pick<Header, 'program' | 'version' | 'procedure'>): ServedProcedure | undefined {
    return version === 1 ? this.#byNumber.get(program)?.get(procedure) : undefined;
  }
}

function rows<P extends Procedures>(
  origin: ErrorOrigin,
  procedures: P,
  handlers: Handlers<P>,
): [number, ServedProcedure][] {
  return Object.entries(procedures).map(([name, procedure]) => {
    const handle = handlers[name as keyof P] as ServedProcedure['handle'];
    return [procedure.number, { name, procedure, origin, handle }];
  });
}
