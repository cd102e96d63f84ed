import type { LanguageModelObject, ModelCall, ModelChunk, PivotModel } from '../model.js';
import { answerOfFourth, chunkOfFourth } from './fourth-answer.js';
import { inFourthVersion } from './fourth-prompt.js';

/** A model object as one that takes the pivot. The differences of the two versions are small, and end here. */
export function asPivot(model: LanguageModelObject, vendor: string): PivotModel {
  const asked = model as PivotModel;
  const isFourth = model.specificationVersion === 'v4';
  const callOf = (call: ModelCall) => (isFourth ? inFourthVersion(call, vendor) : withoutEffort(call)) as never;
  return {
    specificationVersion: 'v3',
    provider: model.provider,
    modelId: model.modelId,
    async doGenerate(call) {
      const answer = await asked.doGenerate(callOf(call));
      return isFourth ? answerOfFourth(answer) : answer;
    },
    async doStream(call) {
      const { stream, response } = await asked.doStream(callOf(call));
      const chunkOf = isFourth ? chunkOfFourth : sameChunk;
      return { stream, chunkOf, ...(response && { response }) };
    },
  };
}

/** The third version knows how much to think from the options of its vendor alone. */
function withoutEffort(call: ModelCall): ModelCall {
  const { reasoning: _, ...rest } = call;
  return rest;
}

function sameChunk(chunk: object): ModelChunk {
  return chunk as ModelChunk;
}
