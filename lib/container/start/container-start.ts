/** What a container is started with, and what its start tells the caller of. */
import type { DomainDefinition, Hardening } from '../../domain/definition';
import type { HostRange } from '../../host/kernel/id-ranges';
import type { StatePaths } from '../../host/state/state-paths';
import type { Port } from '../../plan/network/links';
import type { LinkRecord, StartRecord } from '../record/run-state';
import type { LabelProgress } from '../security/relabel/label-walk';
import type { Lookers } from '../looks/looks';
import type { Rollback } from './rollback';

export interface ContainerStart {
  /** Where the start puts what it has to give back. It gives back its own part when it fails. */
  readonly rollback: Rollback;
  readonly paths: StatePaths;
  readonly definition: DomainDefinition;
  /** What other definitions of this root say of the host's ids; asked when new ones are allocated. */
  readonly definedIds?: () => Promise<readonly HostRange[]>;
  /** Canonical text of the definition. */
  readonly xml: string;
  /** Of the connection: the definition's own has precedence. */
  readonly hardening: Hardening;
  readonly persistence: 'persistent' | 'transient';
  /** Restarts in a row that have led to this start. */
  readonly restarts: number;
  /** Milliseconds. */
  readonly startTimeout: number;
  /** How what the definition names is looked at. */
  readonly lookers: Lookers;
  readonly passDescriptors: readonly number[];
  readonly consoleDescriptor?: number | undefined;
  /** Where each `<interface>` is plugged in, in their order. Default: none has to be. */
  readonly ports?: readonly Port[];
  /** Runs when the interfaces are there and nothing of the container has run: what needs their names on the host. */
  readonly whenLinked?: ((links: readonly LinkRecord[]) => Promise<void>) | undefined;
  /** Called when the start has failed, and will not be tried again, once nothing of it runs: then what it has taken is given back. */
  readonly onDead?: ((record: StartRecord) => Promise<void>) | undefined;
  /** The container ends with this process until `RunningContainer.confirm` is called, whatever comes after that. */
  readonly isProvisional?: boolean;
  readonly ownership: 'keep' | 'leave';
  /** Told of each step as it is done. */
  readonly trace?: (step: string, fields?: object) => void;
  readonly signal?: AbortSignal;
  /** Told how far the labelling of a large tree is. */
  readonly onProgress?: (progress: LabelProgress) => void;
  /** With ownership `keep`: init has ended, and the monitor knows that this process cleans up. Not told of a destroy. */
  readonly onExited?: () => void;
  /** With ownership `keep`: the container has been rebooted, and no process has been told. */
  readonly onRebooted?: () => void;
  /** Whether the container ends with the connection that starts it, or with its process. */
  readonly autodestroy?: boolean;
}
