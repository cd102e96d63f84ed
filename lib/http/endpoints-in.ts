import { RequestMethod, type Type } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { endpointsOf, type DescribedEndpoint, type MountedController } from './openapi/endpoints.js';

interface InApp {
  readonly mounted: readonly MountedController[];
  /** The module that declares them. */
  readonly module: Type;
  readonly config: ApplicationConfig;
  readonly modules: ModulesContainer;
}

/** The metadata key of Nest's `RouterModule`; each app adds its id to it. */
const MODULE_PATH = '__module_path__';

/**
 * The endpoints as the adapter has them: below the module's path, and below the app's prefix unless it leaves them out.
 */
export function endpointsIn({ mounted, module, config, modules }: InApp): DescribedEndpoint[] {
  const below = Reflect.getMetadata(MODULE_PATH + modules.applicationId, module) as string | undefined;
  const prefix = joined(config.getGlobalPrefix());
  const { exclude = [] } = config.getGlobalPrefixOptions();
  return endpointsOf(mounted).map((endpoint) => {
    const path = `${joined(below ?? '')}${endpoint.path}`;
    const isExcluded = exclude.some(
      ({ pathRegex, requestMethod }) =>
        (requestMethod === RequestMethod.ALL || RequestMethod[requestMethod] === endpoint.method.toUpperCase()) &&
        pathRegex.test(path),
    );
    return { ...endpoint, path: isExcluded ? path : `${prefix}${path}` };
  });
}

/** With a slash before each part. */
function joined(path: string): string {
  return path
    .split('/')
    .filter(Boolean)
    .map((part) => `/${part}`)
    .join('');
}
