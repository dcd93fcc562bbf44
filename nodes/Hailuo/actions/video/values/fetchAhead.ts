import type { IExecuteFunctions } from 'n8n-workflow';
import { isAddress } from '../../../media/reference/names';
import { settle } from '../../../jobs/settle';
import { modelNamed } from '../../../models/catalogue';
import { REFERENCE_FIELDS } from '../../../models/videoFields';
import { framesOf } from '../../../models/videoValues';
import type { VideoOperation } from '../../../providers/modelTypes';
import type { Session } from '../../../n8n/session';
import type { Asked } from './asked';
import { frameSource, loadFrame } from './frames';
import { fetchesReferences, referencePlaces, loadReferenceAt } from './references';

/** Number of items whose files are fetched ahead of the one that is being checked. */
export const FETCH_AHEAD = 4;

/** Starts to fetch an item's files, so that items do not wait for each other; failures are reported when the item's turn comes. */
export function fetchAhead(
	context: IExecuteFunctions,
	session: Session,
	operation: VideoOperation,
	item: number,
): void {
	if (item >= context.getInputData().length) return;
	const ahead = async (load: (asked: Asked) => Promise<unknown>) =>
		await settle(async () => {
			const id = String(context.getNodeParameter('model', item, ''));
			const model = modelNamed(session.provider.id, id, operation);
			if (model) await load({ context, session, item, operation, model });
		});
	for (const frame of framesOf(operation)) {
		void ahead(async (asked) => {
			if (frameSource(context, item, frame) !== 'fetchedUrl') return;
			await loadFrame(asked, frame);
		});
	}
	if (operation !== 'referenceToVideo') return;
	for (const field of REFERENCE_FIELDS) {
		void ahead(async (asked) => {
			if (!fetchesReferences(context, item)) return;
			for (const place of referencePlaces(context, item, field)) {
				if (isAddress(place)) await loadReferenceAt(asked, field, place);
			}
		});
	}
}
