/** Lists of what only other drivers of libvirt have. */
import type { emptyLists } from '../../protocol/empty-lists';
import type { Handlers } from '../base/call';

const number = (): { count: number } => ({ count: 0 });
const names = (): { names: readonly string[] } => ({ names: [] });
const all = (): { found: readonly string[]; count: number } => ({ found: [], count: 0 });

export const emptyListHandlers: Handlers<typeof emptyLists> = {
  ConnectNumOfStoragePools: number,
  ConnectListStoragePools: names,
  ConnectNumOfDefinedStoragePools: number,
  ConnectListDefinedStoragePools: names,
  ConnectListAllStoragePools: all,
};
