/** What is drawn is drawn again with TSLXC_TEST_SEED. */
export const seed = Number(process.env['TSLXC_TEST_SEED'] ?? Date.now() % 1_000_000);
