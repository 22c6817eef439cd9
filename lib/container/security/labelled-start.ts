/** A start with a security label, as both models see it: what is to start, and what its label comes to. */
import type { DomainDefinition, Hardening } from '../../domain/definition';
import type { SecurityDriver } from '../../host/security/driver';
import type { StatePaths } from '../../host/state/state-paths';
import type { SecurityFacts } from '../../plan/security/labels';
import type { Undo } from '../record/undo';
import type { AskedLabel, AssignedSecurity } from './assigned';
import type { RelabelledSource } from './relabel/relabel';

export interface Labelling {
  readonly security: AssignedSecurity;
  readonly facts: SecurityFacts;
  /** To be labelled on the host. */
  readonly sources: readonly RelabelledSource[];
  /** Also what is the host's system. */
  readonly force?: boolean;
  /** To be loaded. */
  readonly profile?: Readonly<{ name: string; text: string }>;
  /** In the order in which it is taken. */
  readonly undo: readonly Undo[];
}

/** What is to start. */
export interface LabelledDomain {
  readonly paths: StatePaths;
  readonly definition: DomainDefinition;
  /** Of the connection. */
  readonly hardening: Hardening;
}

/** A domain that asks for a label, on a host that has them. */
export interface LabelledStart extends LabelledDomain {
  readonly asked: AskedLabel;
  readonly host: SecurityDriver;
}
