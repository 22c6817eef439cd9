/**
 * Keeps what libnss-libvirt reads up to date, as libvirt's own daemons do: after each change of a lease, and when a domain or a
 * network starts or ends. It asks the library as any caller would, and is woken by nothing else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { watchFolder } from '../../driver/health/folder-watch';
import type { Connection } from '../../driver/connection';
import { TslxcError } from '../../errors';
import type { Logger } from '../../host/logger';
import { leasesText, macsText, type DomainMacs } from './records';
import { RecordFolder } from './record-folder';
import { makeOwnFolder } from '../../host/state/own-folder';

/** Where the module looks. */
const moduleFolder = '/var/lib/libvirt/dnsmasq';

/** Milliseconds in which further changes are waited for: a start makes several, and dnsmasq rewrites its file in parts. */
const pause = 100;

export interface NameServiceOptions {
  readonly connection: Connection;
  /** The folder of dnsmasq's leases. */
  readonly leases: string;
  readonly logger: Logger;
  /** Default: where libnss-libvirt looks. */
  readonly folder?: string;
}

export class NameService implements AsyncDisposable {
  readonly #options: NameServiceOptions;
  readonly #folder: RecordFolder;
  readonly #watch: Disposable;
  #state: 'up to date' | 'updating' | 'outdated' | 'closed' = 'up to date';
  #update: Promise<void> = Promise.resolve();

  private constructor(options: NameServiceOptions) {
    this.#options = options;
    this.#folder = new RecordFolder(options.folder ?? moduleFolder);
    makeOwnFolder(options.leases);
    this.#watch = watchFolder({ folder: options.leases }, this.#changed);
    this.#follow();
    options.connection.on('error', this.#onLost);
  }

  /** Begins at once, and goes on until it is disposed of. */
  static start(options: NameServiceOptions): NameService {
    const service = new NameService(options);
    service.#changed();
    return service;
  }

  /** Removes what it has written: nobody would keep it up to date. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = 'closed';
    this.#watch[Symbol.dispose]();
    this.#ignore();
    this.#options.connection.off('error', this.#onLost);
    await this.#update;
    this.#attempt(() => this.#folder.write(new Map()));
  }

  #follow(): void {
    this.#options.connection.on('domain', this.#changed).on('network', this.#changed);
  }

  #ignore(): void {
    this.#options.connection.off('domain', this.#changed).off('network', this.#changed);
  }

  /** What was lost makes no difference: everything is read anew. */
  readonly #onLost = (): void => {
    this.#ignore();
    this.#follow();
    this.#changed();
  };

  readonly #changed = (): void => {
    if (this.#state === 'updating') this.#state = 'outdated';
    if (this.#state !== 'up to date') return;
    this.#state = 'updating';
    this.#update = this.#run();
  };

  async #run(): Promise<void> {
    await sleep(pause);
    const files = await this.#read().catch((error: unknown) => this.#log(error));
    if (this.#state === 'closed') return;
    if (files !== undefined) this.#attempt(() => this.#folder.write(files));
    const isOutdated = this.#state === 'outdated';
    this.#state = 'up to date';
    if (isOutdated) this.#changed();
  }

  async #read(): Promise<ReadonlyMap<string, string>> {
    const { connection } = this.#options;
    const domains = await macsByNetwork(connection);
    const files = new Map<string, string>();
    for (const network of await connection.listNetworks({ state: 'active' })) {
      // The names in other networks are told whatever is wrong with this one.
      const leases = await unlessGone(() => network.leases()).catch((error: unknown) =>
        this.#log(error),
      );
      if (leases === undefined) continue;
      const macs = domains.get(network.name) ?? [];
      if (leases.length + macs.length === 0) continue;
      files.set(`${network.name}.status`, leasesText(leases));
      files.set(`${network.name}.macs`, macsText(macs));
    }
    return files;
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#log(error);
    }
  }

  /** The names of containers are then those of before; the next change tries again. */
  #log(error: unknown): undefined {
    this.#options.logger.error({ err: error }, 'the names of containers can not be told');
  }
}

async function macsByNetwork(connection: Connection): Promise<ReadonlyMap<string, DomainMacs[]>> {
  const networks = new Map<string, DomainMacs[]>();
  for (const domain of await connection.listDomains({ state: 'active' })) {
    const interfaces = (await unlessGone(() => domain.interfaces({ which: 'live' }))) ?? [];
    const plugged = interfaces.filter(({ type }) => type === 'network');
    for (const name of new Set(plugged.map(({ source = '' }) => source))) {
      const own = plugged.filter(({ source }) => source === name).flatMap(({ mac }) => mac ?? []);
      networks.set(name, [...(networks.get(name) ?? []), { domain: domain.name, macs: own }]);
    }
  }
  return networks;
}

/** Undefined for what has ended since it was listed. */
async function unlessGone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const isGone = (['NO_DOMAIN', 'NO_NETWORK', 'OPERATION_INVALID'] as const).some((code) =>
      TslxcError.is(error, code),
    );
    if (isGone) return undefined;
    throw error;
  }
}
