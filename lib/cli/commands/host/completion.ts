/** completion: prints the script with which a shell completes the arguments of `tslxc`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../host/package-paths';
import { fileError } from '../../../host/state/file-error';
import { CommandError } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

/** Made by scripts/generate-completions.js, under the names that the shells look for. */
const files: Readonly<Record<string, string>> = {
  bash: 'bash/tslxc',
  fish: 'fish/tslxc.fish',
  zsh: 'zsh/_tslxc',
};

export const commands: CommandTable = {
  completion: {
    group: 'tslxc',
    summary: 'print a script for completion',
    description:
      'Print the script by which a shell completes verbs, their options, and names of domains and networks.\n' +
      'For bash: tslxc completion bash > /usr/share/bash-completion/completions/tslxc\n' +
      'For zsh: tslxc completion zsh > /usr/local/share/zsh/site-functions/_tslxc\n' +
      'For fish: tslxc completion fish > /usr/share/fish/vendor_completions.d/tslxc.fish\n' +
      "The same files are in the package's folder completions.",
    options: [
      {
        name: 'shell',
        kind: 'string',
        help: 'bash, zsh or fish',
        positional: 'required',
        values: Object.keys(files),
      },
    ],
    example: 'tslxc completion bash',
    stdout: 'alone',
    run: show,
  },
};

async function show({ output }: Context, options: Options): Promise<undefined> {
  const shell = options.required('shell');
  const file = Object.hasOwn(files, shell) ? files[shell] : undefined;
  if (file === undefined) {
    throw new CommandError(`no completion for '${shell}', expecting 'bash', 'fish' or 'zsh'`, {
      code: 'INVALID_ARG',
    });
  }
  const path = join(packageRoot, 'completions', file);
  try {
    output.text(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError('the package is not complete', { cause: fileError(error, 'read it') });
  }
  return Promise.resolve(undefined);
}
