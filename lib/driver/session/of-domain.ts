/** What is asked of a domain: an error of it says which domain it is about. */
import { TslxcError } from '../../errors';

/** As `work`. An error that names no domain, such as that of a time limit that is over, gets the name of this one. */
export async function ofDomain<Result>(
  domain: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (TslxcError.is(error) && error.domain === undefined) Object.assign(error, { domain });
    throw error;
  }
}
