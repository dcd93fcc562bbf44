import type { Job } from '../../providers/types';
import { ask, type Session } from '../session';
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
	const { provider, http, pacer } = session;
	const get = async () => {
		await pacer.acquire(signal);
		return await provider.get(http, jobId);
	};
	return await ask(session, get, { signal, patienceMs }).catch((error) => {
		throw aboutJob(session, jobId)(error);
	});
}
