/** The classes that `lib/index.ts` exports: those that it exports as types alone are found where they come from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const library = join(__dirname, '..', '..', '..', 'lib');

/** An export of names from one file. */
const exportPattern = /^export (?:type )?\{([^}]*)\} from '([^']+)';/gm;

export type Class = new (...given: never[]) => object;

/** By name. A type that is no class is nothing in the module that it comes from. */
export function exportedClasses(): Map<string, Class> {
  const text = readFileSync(join(library, 'index.ts'), 'utf8');
  const classes = [...text.matchAll(exportPattern)].flatMap(([, names = '', from = '']) => {
    const module = jest.requireActual<Readonly<Record<string, unknown>>>(join(library, from));
    return [...names.matchAll(/\w+/g)].flatMap(([name]) => {
      const value = module[name];
      return typeof value === 'function' && /^[A-Z]/.test(name)
        ? [[name, value as unknown as Class] as const]
        : [];
    });
  });
  return new Map(classes);
}
