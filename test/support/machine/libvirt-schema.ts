/** Whether texts are valid by libvirt's own schema: that of Debian's libvirt-common. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What xmllint says of the texts that are not valid, by the names that they are given here; empty when all are. */
export function schemaComplaints(
  kind: 'domain' | 'network',
  texts: Readonly<Record<string, string>>,
): string {
  const schema = `/usr/share/libvirt/schemas/${kind}.rng`;
  if (!existsSync(schema)) throw new Error(`${schema} is not there: install libvirt-common`);
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-schema-'));
  try {
    const files = Object.entries(texts).map(([name, text]) => {
      const file = join(folder, `${name}.xml`);
      writeFileSync(file, text);
      return file;
    });
    execFileSync('xmllint', ['--noout', '--nonet', '--relaxng', schema, ...files], {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return '';
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    if (stderr === undefined) throw error;
    return stderr.replace(/^.*validates\n/gm, '').replaceAll(`${folder}/`, '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
