import type { IExecuteFunctions } from 'n8n-workflow';
import type { Model, VideoOperation } from '../../../providers/modelTypes';
import type { Session } from '../../../n8n/session';

/** An item, and what its video is made with. */
export interface Asked {
	context: IExecuteFunctions;
	session: Session;
	item: number;
	operation: VideoOperation;
	model: Model;
}
