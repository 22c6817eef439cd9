/** The tables of nftables that the interfaces of a container have: those of their filters and of their forwarded ports. Pure. */
import type { StartRecord } from '../../record/run-state';
import { filterTable } from './filter-rules';
import type { FilteredLink } from './filter-rules';
import { forwardTable } from '../port/forward-rules';

export interface LinkTable extends FilteredLink {
  readonly holds: 'filter' | 'forwards';
  /** Its family and its name, as nft(8) lists it. */
  readonly table: string;
  /** The virtual network that the interface is plugged into. */
  readonly network: string | undefined;
}

/** As the record of the start has them: what gives them back is there before they are made. */
export function linkTables({ undo, links = [] }: Pick<StartRecord, 'undo' | 'links'>): LinkTable[] {
  return undo.flatMap((step): LinkTable[] => {
    if (step.undo !== 'removeFilter' && step.undo !== 'removeForwards') return [];
    const { host, mac } = step;
    const network = links.find((link) => link.mac === mac)?.network;
    if (step.undo === 'removeFilter') {
      return [{ holds: 'filter', table: `bridge ${filterTable(step)}`, host, mac, network }];
    }
    return [{ holds: 'forwards', table: `inet ${forwardTable(step)}`, host, mac, network }];
  });
}
