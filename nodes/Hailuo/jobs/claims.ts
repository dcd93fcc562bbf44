/**
 * The ids of jobs that are known to be somebody's: an ambiguous submit must not adopt the job of
 * another item, of another execution, or one that was adopted before. Bounded; the oldest go first,
 * and by then lie outside the time in which a search looks.
 */
export class Claims {
	private readonly ids = new Set<string>();
	private readonly limit: number;

	/** @param limit most ids that are remembered */
	constructor(limit = 10_000) {
		this.limit = limit;
	}

	/** Whether the id was free; it is claimed from now on either way. */
	claim(jobId: string): boolean {
		const free = !this.ids.delete(jobId);
		this.ids.add(jobId);
		if (this.ids.size > this.limit) {
			for (const oldest of this.ids) {
				this.ids.delete(oldest);
				break;
			}
		}
		return free;
	}

	has(jobId: string): boolean {
		return this.ids.has(jobId);
	}

	get size(): number {
		return this.ids.size;
	}
}

/** The one registry of the process: executions that run side by side must see each other's jobs. */
export const claims = new Claims();
