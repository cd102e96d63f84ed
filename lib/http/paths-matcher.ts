/** Whether a URL has one of the paths, as Express matches them; parameters are `:name`. */
export function pathsMatcher(paths: readonly string[]): (url: string) => boolean {
  const patterns = paths.map((path) => new RegExp(`^${path.split('/').map(segment).join('/')}/?$`, 'i'));
  return (url) => {
    const [pathname = ''] = url.split('?');
    return patterns.some((pattern) => pattern.test(pathname));
  };
}

function segment(text: string): string {
  return text.startsWith(':') ? '[^/]+' : text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
