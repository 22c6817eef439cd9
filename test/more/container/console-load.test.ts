/** A console under load, in short; test/long has it in full. */
import { describeConsoleUnderLoad } from '../../container/console-load';

describeConsoleUnderLoad({
  flood: 1_500_000,
  burst: 300_000,
  transfer: 2 ** 20,
  watch: 500,
  reopen: 50,
});
