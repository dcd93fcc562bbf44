/** How something ended, as a value: nothing has to be rethrown from a `catch` to be looked at. */
export type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** Runs `work` and tells how it ended. Never rejects, and takes a synchronous throw as a failure too. */
export async function settle<T>(work: () => Promise<T> | T): Promise<Settled<T>> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, error };
	}
}
