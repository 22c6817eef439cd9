/** The names of vendors and products of PCI devices, from the file of the package pci.ids. */
import { readText } from '../kernel/text-file';

export interface PciNames {
  readonly vendor?: string;
  readonly product?: string;
}

/** Empty for what the file does not know, or where there is none. Pure but for reading it. */
export function readPciNames(
  path: string,
  { vendor, product }: { readonly vendor: number; readonly product: number },
): PciNames {
  return pciNamesIn(readText(path), { vendor, product });
}

/** A vendor has a line of its own, which begins with its number; below it are its products, each after one tab. */
export function pciNamesIn(
  text: string,
  { vendor, product }: { readonly vendor: number; readonly product: number },
): PciNames {
  const [ofVendor, ofProduct] = [vendor, product].map((id) => id.toString(16).padStart(4, '0'));
  const at = `\n${text}`.indexOf(`\n${ofVendor ?? ''}  `);
  if (at < 0) return {};
  const rest = text.slice(at);
  const end = /\n(?![\t#\n])/.exec(rest)?.index ?? rest.length;
  const name = (line: RegExp): string | undefined => line.exec(rest.slice(0, end))?.[1]?.trim();
  const [first, second] = [
    name(/^[0-9a-f]{4} {2}(.*)/),
    name(new RegExp(`\n\t${ofProduct ?? ''} {2}(.*)`)),
  ];
  return {
    ...(first !== undefined && { vendor: first }),
    ...(second !== undefined && { product: second }),
  };
}
