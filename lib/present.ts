/** Objects whose fields may be absent, made of values that may be undefined. Pure. */

/** What `present` makes of T: fields that may be undefined may be absent instead; a record has no undefined values. */
export type Present<T> = string extends keyof T
  ? Readonly<Record<string, Exclude<T[keyof T], undefined>>>
  : { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
      readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
    };

/** The object without those of its fields that are undefined. */
export function present<T extends object>(fields: T): Present<T> {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Present<T>;
}
