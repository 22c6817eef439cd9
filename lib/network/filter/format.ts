/** Prints a `<filter>` as libvirt does, and a `<filterbinding>`. */
import { node, printXml, type PrintableElement } from '../../domain/xml/print';
import {
  isInclusion,
  type FilterEntry,
  type FilterInclusion,
  type FilterRule,
  type NetworkFilterDefinition,
} from './definition';

/** Ends with a newline. */
export function formatNetworkFilter(filter: NetworkFilterDefinition): string {
  const { name, uuid, chain, priority, entries } = filter;
  return printXml(
    node('filter', { name, chain, ...(priority !== 0 && { priority: String(priority) }) }, [
      node('uuid', {}, [uuid]),
      ...entries.map(elementOf),
    ]),
  );
}

/** A filter of an interface of a running container. */
export interface FilterBindingDescription extends FilterInclusion {
  readonly domain: { readonly name: string; readonly uuid: string };
  /** The name of the interface on the host. */
  readonly port: string;
  readonly mac: string;
}

/** Ends with a newline. */
export function formatFilterBinding(binding: FilterBindingDescription): string {
  const { domain, port, mac } = binding;
  return printXml(
    node('filterbinding', {}, [
      node('owner', {}, [node('name', {}, [domain.name]), node('uuid', {}, [domain.uuid])]),
      node('portdev', { name: port }),
      node('mac', { address: mac }),
      inclusionElement(binding),
    ]),
  );
}

function elementOf(entry: FilterEntry): PrintableElement {
  return isInclusion(entry) ? inclusionElement(entry) : ruleElement(entry);
}

function inclusionElement({ filter, parameters }: FilterInclusion): PrintableElement {
  const children = parameters.map(({ name, value }) => node('parameter', { name, value }));
  return node('filterref', { filter }, children);
}

function ruleElement({
  action,
  direction,
  priority,
  stateMatch,
  protocol,
}: FilterRule): PrintableElement {
  const attributes = {
    action,
    direction,
    priority: String(priority),
    ...(!stateMatch && { statematch: 'false' }),
  };
  return node('rule', attributes, protocol === undefined ? [] : [protocolElement(protocol)]);
}

/** That a condition is meant as it stands needs no word. */
function protocolElement({ name, attributes }: NonNullable<FilterRule['protocol']>) {
  const { match, ...others } = attributes;
  const isTurned = match !== undefined && ['no', 'false', '0'].includes(match);
  return node(name, { ...(isTurned && { match: 'no' }), ...others });
}
