import type { Film } from './join';

/** Where n8n reads a stream by its events. */
type Listener = (value?: unknown) => void;

/**
 * A film as n8n's storage takes it: by asking for one piece after the other (files), or by events (all the others). It is
 * no stream of Node's, which a verified package may not import; n8n asks for no more than these two.
 */
export class FilmStream implements AsyncIterable<Uint8Array> {
	private readonly listeners = new Map<string, Listener[]>();
	private flows = false;

	constructor(private readonly film: Pick<Film, 'read'>) {}

	/** The film from its beginning, one piece at a time: the next is made when it is asked for. */
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
