/** The outcome of an operation as a value, so that no error has to be rethrown from a `catch`. */
export type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** Runs `work` and returns its outcome. Never rejects; a synchronous throw is a failure too. */
export async function settle<T>(work: () => Promise<T> | T): Promise<Settled<T>> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, error };
	}
}
