import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { RegisteredVersion } from '../../domain/version.js';
import type { BlueGreenConfig } from '../../options/config.js';
import { VersionService } from '../../rollout/version.service.js';
import { CONFIG } from '../../tokens.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { Operation } from '../openapi/operation.js';
import { knownCaller } from '../keys/key-gate.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { versionAnswer, versionList } from './answers/versions.js';
import { capabilitiesOf, onWireCapabilities } from './capabilities.js';
import { parsed } from './parse.js';
import { upstreamNamed } from './upstream-name.js';
import { versionBody } from './versions.schema.js';

/** Versions: registered once, then immutable. */
@Controller()
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class VersionsController {
  constructor(
    private readonly versions: VersionService,
    @Inject(CONFIG) private readonly config: BlueGreenConfig,
  ) {}

  /** @throws {ValidationError} {@link VersionExistsError} */
  @Post('models/versions')
  @NeedsScope('operate')
  @HttpCode(201)
  @Operation({
    summary: 'Registers a version. It cannot be changed.',
    body: versionBody,
    answer: versionAnswer,
    errors: [409],
  })
  async register(@Body() body: unknown, @Req() request: object) {
    const input = parsed(versionBody, body);
    const capabilities = capabilitiesOf(input);
    const values = input.parameters ?? {};
    const upstream = upstreamNamed(this.config, input.upstream_endpoint);
    const version = {
      tag: input.version_tag,
      model: input.model,
      ...(upstream === undefined ? {} : { upstream }),
      ...(capabilities && { capabilities }),
      ...(Object.keys(values).length > 0 && { parameters: { values, mode: 'override' as const } }),
      ...(input.system_prompt && { systemPrompt: { text: input.system_prompt, mode: 'replace' as const } }),
      ...(input.cost_limit_per_request && { costLimitPerRequest: input.cost_limit_per_request }),
    };
    const info = { actor: knownCaller(request)?.name };
    return this.#onWire(await this.versions.register(version, input.metadata, info));
  }

  @Get('models/versions')
  @NeedsScope('read')
  @Operation({ summary: 'All registered versions, oldest first.', answer: versionList })
  list() {
    return { object: 'list', data: this.versions.all.map((registered) => this.#onWire(registered)) };
  }

  /** @throws {UnknownVersionError} */
  @Get('models/versions/:tag')
  @NeedsScope('read')
  @Operation({ summary: 'One version.', answer: versionAnswer, errors: [404] })
  one(@Param('tag') tag: string) {
    return this.#onWire(this.versions.get(tag));
  }

  #onWire(registered: RegisteredVersion) {
    const warnings = this.versions.warnings(registered.version);
    return { ...onWire(registered), ...(warnings.length > 0 && { warnings }) };
  }
}

function onWire({ id, version, metadata, registeredAt }: RegisteredVersion) {
  return {
    version_id: id,
    version_tag: version.tag,
    model: version.model,
    parameters: version.parameters?.values ?? {},
    system_prompt: version.systemPrompt?.text ?? null,
    upstream_endpoint: version.upstream ?? null,
    cost_limit_per_request: version.costLimitPerRequest ?? null,
    capabilities: version.capabilities ? onWireCapabilities(version.capabilities) : null,
    metadata,
    created_at: new Date(registeredAt).toISOString(),
  };
}
