/** net-start, net-destroy and net-autostart: starts and stops virtual networks. */
import { withErrorMessage } from '../../shell/command-error';
import { findNetwork, networkOption } from '../../options/network-argument';
import type { Network } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable } from '../../shell/command';

interface Change {
  readonly summary: string;
  readonly description: string;
  readonly options?: readonly Option[];
  readonly example: string;
  change(network: Network, options: Options): Promise<void>;
  /** The messages for success and failure. `text` is the network as the user has named it. */
  words(text: string, options: Options): { readonly done: string; readonly failed: string };
}

function change(row: Change): Command {
  const { summary, description, example } = row;
  return {
    group: 'network',
    summary,
    description,
    options: [networkOption, ...(row.options ?? [])],
    example,
    async run(context, options): Promise<undefined> {
      const text = options.required('network');
      const network = await findNetwork(await context.connect(), text);
      const { done, failed } = row.words(text, options);
      await withErrorMessage(failed, () => row.change(network, options));
      context.output.extra(done);
      return undefined;
    },
  };
}

export const commands: CommandTable = {
  'net-start': change({
    summary: 'start a (previously defined) inactive network',
    description: 'Start a network: its bridge, its rules for the packets, its DHCP and DNS.',
    example: 'tslxc net-start default',
    change: (network) => network.start(),
    words: (text) => ({
      done: `Network ${text} started`,
      failed: `Failed to start network ${text}`,
    }),
  }),
  'net-destroy': change({
    summary: 'destroy (stop) a network',
    description:
      'Forcefully stop a given network. Containers that are plugged into it go on without it, until they are started anew.',
    example: 'tslxc net-destroy default',
    change: (network) => network.destroy(),
    words: (text) => ({
      done: `Network ${text} destroyed`,
      failed: `Failed to destroy network ${text}`,
    }),
  }),
  'net-autostart': change({
    summary: 'autostart a network',
    description: 'Configure a network to be automatically started at boot.',
    options: [{ name: 'disable', kind: 'flag', help: 'disable autostarting' }],
    example: 'tslxc net-autostart default',
    change: (network, options) => network.setAutostart(options.has('disable') ? 'off' : 'on'),
    words: (text, options) => {
      const mark = options.has('disable') ? 'unmark' : 'mark';
      return {
        done: `Network ${text} ${mark}ed as autostarted`,
        failed: `failed to ${mark} network ${text} as autostarted`,
      };
    },
  }),
};
