import type { Film } from './join';

/** A listener that n8n registers for the events of a stream. */
type Listener = (value?: unknown) => void;

/**
 * A film in the form that n8n's storage accepts: it reads piece by piece (filesystem mode), or by events (all other
 * modes). It is not a stream of Node, which a verified package may not import; n8n needs only these two ways.
 */
export class FilmStream implements AsyncIterable<Uint8Array> {
	private readonly listeners = new Map<string, Listener[]>();
	private flows = false;

	constructor(private readonly film: Pick<Film, 'read'>) {}

	/** The film from its beginning, one piece at a time; each piece is made on demand. */
	[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		return this.film.read();
	}

	on(event: string, listener: Listener): this {
		this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
		if (event === 'data' && !this.flows) {
			this.flows = true;
			void this.flow();
		}
		return this;
	}

	once(event: string, listener: Listener): this {
		return this.on(event, listener);
	}

	private async flow(): Promise<void> {
		try {
			for await (const piece of this) this.emit('data', Buffer.from(piece));
			this.emit('end');
		} catch (error) {
			this.emit('error', error);
		}
	}

	private emit(event: string, value?: unknown): void {
		for (const listener of this.listeners.get(event) ?? []) listener(value);
	}
}
