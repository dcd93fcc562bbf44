import type { IExecuteFunctions } from 'n8n-workflow';
import { fetchFile } from '../../../media/fetchFile';
import type { Fetch } from '../../../media/picture/load';
import type { Session } from '../../../n8n/session';

/** Fetches each file once per run, whichever item needs it. */
export const fetcher =
	(context: IExecuteFunctions, { baseUrl, clock, fetched, signal }: Session): Fetch =>
	async (url, { accept, maxBytes }) =>
		await fetched.get(
			`${maxBytes} ${url}`,
			async () =>
				await fetchFile.call(context, url, {
					accept,
					maxBytes,
					providerUrl: baseUrl,
					clock,
					signal,
				}),
		);
