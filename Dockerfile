# The gateway by itself (`blue-green serve`). Arguments of the container are those of the command; without any it reads
# RELAY_BASE_URL, BLUE_API_KEY, GREEN_API_KEY, BLUE_MODEL, GREEN_MODEL and BLUE_GREEN_KEY from its environment.
FROM node:24-alpine AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json README.md LICENSE CHANGELOG.md ./
COPY lib lib
COPY build build
RUN npm run build && npm run build:package
# What is published, and beside it what it needs: development's dependencies go, and those that peers ask for stay, as locked.
RUN mkdir /app \
 && npm pack ./package --ignore-scripts --silent --pack-destination /tmp \
 && tar -xzf /tmp/*.tgz -C /app --strip-components=1 \
 && npm pkg delete devDependencies \
 && npm pkg set "dependencies[@nestjs/platform-express]=*" "dependencies[ioredis]=*" \
 && npm prune --ignore-scripts --no-audit --no-fund \
 && find node_modules -type d -empty -delete \
 && mv node_modules /app/

FROM node:24-alpine
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app ./
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/lib/cli/main.js", "serve"]
