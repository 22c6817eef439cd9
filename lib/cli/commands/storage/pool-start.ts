/** pool-start, pool-destroy, pool-build, pool-delete, pool-refresh and pool-autostart: what is done with a storage pool. */
import { withErrorMessage } from '../../shell/command-error';
import { findPool, poolOption } from '../../options/pool-argument';
import type { StoragePool } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable } from '../../shell/command';
import { buildOption } from './pool-define';

interface Change {
  readonly summary: string;
  readonly description: string;
  readonly options?: readonly Option[];
  readonly example: string;
  change(pool: StoragePool, options: Options): Promise<void>;
  /** The messages for success and failure. `text` is the pool as the user has named it. */
  words(text: string, options: Options): { readonly done: string; readonly failed: string };
}

function change(row: Change): Command {
  const { summary, description, example } = row;
  return {
    group: 'pool',
    summary,
    description,
    options: [poolOption, ...(row.options ?? [])],
    example,
    async run(context, options): Promise<undefined> {
      const text = options.required('pool');
      const pool = await findPool(await context.connect(), text);
      const { done, failed } = row.words(text, options);
      await withErrorMessage(failed, () => row.change(pool, options));
      context.output.extra(done);
      return undefined;
    },
  };
}

/** `started`, and what was to be done. */
const says = (done: string, verb: string) => (text: string) => ({
  done: `Pool ${text} ${done}`,
  failed: `Failed to ${verb} pool ${text}`,
});

export const commands: CommandTable = {
  'pool-start': change({
    summary: 'start a (previously defined) inactive pool',
    description: 'Start a pool: its volumes can be used then.',
    options: [buildOption],
    example: 'tslxc pool-start disks',
    change: (pool, options) => pool.start({ build: options.has('build') }),
    words: says('started', 'start'),
  }),
  'pool-destroy': change({
    summary: 'destroy (stop) a pool',
    description:
      'Forcefully stop a given pool. Its volumes stay, and containers that use them go on with them.',
    example: 'tslxc pool-destroy disks',
    change: (pool) => pool.destroy(),
    words: says('destroyed', 'destroy'),
  }),
  'pool-build': change({
    summary: 'build a pool',
    description: 'Build a given pool: make its folder, and those above it.',
    example: 'tslxc pool-build disks',
    change: (pool) => pool.build(),
    words: says('built', 'build'),
  }),
  'pool-delete': change({
    summary: 'delete a pool',
    description: 'Delete a given pool: remove its folder, which has to be empty.',
    example: 'tslxc pool-delete disks',
    change: (pool) => pool.delete(),
    words: says('deleted', 'delete'),
  }),
  'pool-refresh': change({
    summary: 'refresh a pool',
    description:
      'Refresh a given pool: what another program has put into its folder is a volume from then on.',
    example: 'tslxc pool-refresh disks',
    change: (pool) => pool.refresh(),
    words: says('refreshed', 'refresh'),
  }),
  'pool-autostart': change({
    summary: 'autostart a pool',
    description: 'Configure a pool to be automatically started at boot.',
    options: [{ name: 'disable', kind: 'flag', help: 'disable autostarting' }],
    example: 'tslxc pool-autostart disks',
    change: (pool, options) => pool.setAutostart(options.has('disable') ? 'off' : 'on'),
    words: (text, options) => {
      const mark = options.has('disable') ? 'unmark' : 'mark';
      return {
        done: `Pool ${text} ${mark}ed as autostarted`,
        failed: `failed to ${mark} pool ${text} as autostarted`,
      };
    },
  }),
};
