import type { Job } from '../../providers/types';
import { askJob, type Session } from '../session';
import { aboutJob } from './ids';

/**
 * A job by its id, in its turn among all status calls of the run.
 *
 * @param patienceMs how long a call that does not get through is repeated; default: a minute
 * @throws WithJob, with the id and with a hint where it looks like another provider's
 */
export async function lookUp(
	session: Session,
	jobId: string,
	signal?: AbortSignal,
	patienceMs?: number,
): Promise<Job> {
	return await askJob(session, jobId, { signal, patienceMs }).catch((error) => {
		throw aboutJob(session, jobId)(error);
	});
}
