/** clone: makes a copy of a domain, including its directory trees. */
import { withErrorMessage, UsageError } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { refusedValue } from '../../options/values/refused-value';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import { untilEnded } from '../../shell/ending-signals';

export const commands: CommandTable = {
  clone: {
    group: 'domain',
    summary: 'make a new domain of another one, with a copy of its files',
    description:
      'Make a domain with the definition of another one that is off or paused, but with a name, a uuid and\n' +
      'addresses of its own, and with copies of its trees: of its root, where that is a directory that it\n' +
      'may write to, and of the layers of its overlays. On btrfs, xfs and other file systems that share\n' +
      'blocks they take no room at first. All else that the definition names, both have.\n' +
      'The copies are beside the originals, unless --path says otherwise. The clone is there as a whole\n' +
      'or not at all: a failure or Ctrl-C leaves nothing.',
    options: [
      domainOption,
      { name: 'name', kind: 'string', help: 'name of the new domain', positional: 'required' },
      { name: 'snapshot', kind: 'string', help: 'clone it as it was in this snapshot; it may run' },
      {
        name: 'path',
        kind: 'string',
        help: 'directory for the copy of its root, or TARGET=DIRECTORY of others, with commas between',
      },
    ],
    example: 'tslxc clone helloworld another',
    run: clone,
  },
};

async function clone(context: Context, options: Options): Promise<number | undefined> {
  const name = options.required('name');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const snapshot = options.string('snapshot');
  const path = options.string('path');
  const paths = path === undefined ? {} : { paths: pathsOf(path) };
  return untilEnded(context, `there is no domain '${name}'`, async (signal) => {
    await withErrorMessage(`Failed to clone domain '${domain.name}'`, () =>
      domain.clone(name, {
        signal,
        ...(snapshot === undefined ? {} : { snapshot }),
        ...paths,
      }),
    );
    context.output.extra(`Domain '${name}' cloned from '${domain.name}'`);
  });
}

/** Parses paths that are separated by commas, as in `/=/srv/a,/data=/srv/b`. */
function pathsOf(text: string): Record<string, string> {
  const paths: Record<string, string> = {};
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const [target, path] =
      equals < 0 ? ['/', part] : [part.slice(0, equals), part.slice(equals + 1)];
    if (path === '') throw new UsageError(`no directory in '${text}'`);
    if (!path.startsWith('/')) throw refusedValue(path, 'path', 'is not an absolute path');
    paths[target] = path;
  }
  return paths;
}
