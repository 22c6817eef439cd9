/** Chooses the label of a definition that applies on this host. Pure: the host's model is a parameter. */
import type { DomainDefinition } from '../definition';
import { definitionError, type SourceLocation } from '../xml/source-location';
import type { SecurityLabel } from './definition';
import { sourceLabelsOf } from './source-label';

export interface LabelSettings {
  /** Whether a domain without a `<seclabel>` gets a dynamic label. */
  readonly defaultConfined: boolean;
  /** Whether a domain without a label is refused. */
  readonly requireConfined: boolean;
}

/**
 * The label of the container, with its model filled in; undefined if it has none.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for a model that the host doesn't have, and for a container without a label
 * if `requireConfined`.
 */
export function chosenLabel(
  definition: DomainDefinition,
  model: 'selinux' | 'apparmor' | 'none',
  settings: LabelSettings,
): SecurityLabel | undefined {
  checkModels(definition, model);
  const { securityLabels } = definition;
  const own = securityLabels.find((label) => (label.model ?? model) === model);
  const wanted = own ?? (settings.defaultConfined ? implicit : undefined);
  if (model !== 'none' && wanted !== undefined && wanted.type !== 'none') {
    return { ...wanted, model };
  }
  if (settings.requireConfined) {
    const location = own === undefined ? domainPlace : { path: seclabel, position: own.position };
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      'Unconfined guests are not allowed on this host',
      location,
    );
  }
  return undefined;
}

const seclabel = 'domain/seclabel';
const domainPlace: SourceLocation = { path: 'domain', position: { line: 1, column: 1 } };
const implicit: SecurityLabel = { type: 'dynamic', relabel: true, position: domainPlace.position };

/** A label of type none needs no model on the host, and neither does a source that is not relabelled. */
function checkModels(definition: DomainDefinition, model: string): void {
  const ofDomain = definition.securityLabels
    .filter(({ type }) => type !== 'none')
    .map((label) => ({ path: seclabel, label }));
  const ofSources = sourceLabelsOf(definition).filter(({ label }) => label.relabel);
  for (const { path, label } of [...ofDomain, ...ofSources]) {
    const { model: asked = model, position } = label;
    if (asked === model || asked === 'none') continue;
    const detail = `Security driver model '${asked}' is not available`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, { path: `${path}/@model`, position });
  }
}
