import type { IDataObject } from 'n8n-workflow';
import type { Job } from '../../providers/types';

/** The text for the user: what happened, and what to do next. */
export interface Explained {
	message: string;
	next?: string;
	job?: Partial<Job>;
	field?: string;
	code?: string;
	httpCode?: string;
	/** Whether the provider answered, so that n8n shows it as an API error. */
	fromApi: boolean;
	retryable: boolean;
	/** Candidate job IDs for a submit without a usable answer. */
	candidates?: readonly string[];
	/** The context of n8n's own error of an expression: the editor uses it for its explanation and links. */
	expression?: { context?: IDataObject };
	/** Set if it ended only because a person stopped the execution. */
	stopped?: true;
}

/** Joins sentences with full stops. A single sentence ends without a full stop, several end with one. */
export function sentences(...parts: Array<string | undefined>): string {
	const text = parts
		.filter((part): part is string => Boolean(part))
		.map((part) => part.replace(/\.$/, ''))
		.join('. ');
	return /[.!?] [A-Z]/.test(text) ? `${text}.` : text;
}
