//! Values of local secret files in real repositories: ordinary work passes, and whatever holds a secret is stopped.

use data_encoding::BASE64;

use crate::fixture::{Fixture, one_commit, text};

/// Values as machines draw them and as people choose them, made here so that no file holds one.
fn secret(number: usize) -> String {
    let digits = |alphabet: &[u8], len: usize| -> String {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number as u64 + 7);
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(alphabet[(state >> 33) as usize % alphabet.len()])
        };
        (0..len).map(|_| next()).collect()
    };
    let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    match number {
        0 => digits(b"0123456789abcdef", 64),
        1 => digits(base62, 32),
        2 => digits(b"abcdefghijklmnopqrstuvwxyz0123456789!@#^*-_=+", 50),
        3 => ["hunt", "er2"].concat(),
        4 => ["Tr0ub4", "dor&3"].concat(),
        5 => ["correct-horse", "-battery"].concat(),
        _ => BASE64.encode(digits(base62, 32).as_bytes()),
    }
}

/// `{0}` … `{6}` in `text` as the secrets they stand for.
fn filled(text: &str) -> String {
    (0..7).fold(text.to_owned(), |text, number| text.replace(&format!("{{{number}}}"), &secret(number)))
}

/// A project: its secret files, what people write in it, and which secrets its files hold.
struct Project {
    files: &'static [(&'static str, &'static str)],
    work: &'static [(&'static str, &'static str)],
    secrets: &'static [usize],
}

const PROJECTS: [Project; 10] = [
    // Django
    Project {
        files: &[(
            ".env",
            "DEBUG=True\nSECRET_KEY='{2}'\nDJANGO_SETTINGS_MODULE=shop.settings.local\nALLOWED_HOSTS=localhost,127.0.0.1\n\
                      DATABASE_URL=postgres://shop:{3}@localhost:5432/shop_development\nEMAIL_HOST_USER=noreply@shop.io\n\
                      EMAIL_HOST_PASSWORD=\nDEFAULT_FROM_EMAIL=\"Shop <noreply@shop.io>\"\nCELERY_BROKER_URL=redis://localhost:6379/0\n\
                      TIME_ZONE=Europe/Berlin\nPASSWORD_RESET_TIMEOUT=259200\nAWS_STORAGE_BUCKET_NAME=shop-media-eu\n",
        )],
        work: &[
            (
                "shop/settings/local.py",
                "DEBUG = True\nALLOWED_HOSTS = ['localhost', '127.0.0.1']\nTIME_ZONE = 'Europe/Berlin'\n\
                      DEFAULT_FROM_EMAIL = 'Shop <noreply@shop.io>'\nAWS_STORAGE_BUCKET_NAME = 'shop-media-eu'\n\
                      os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.local')\nPASSWORD_RESET_TIMEOUT = 259200\n\
                      SECRET_KEY = os.environ['SECRET_KEY']\n",
            ),
            (
                "README.md",
                "Copy `.env.example` to `.env`; the database is `shop_development` on localhost:5432.\n",
            ),
        ],
        secrets: &[2, 3],
    },
    // Rails
    Project {
        files: &[
            (
                ".env.development",
                "RAILS_ENV=development\nRAILS_MAX_THREADS=5\nSECRET_KEY_BASE={0}\nDATABASE_NAME=blog_development\n\
                      DATABASE_USER=postgres\nDATABASE_PASSWORD=postgres\nREDIS_URL=redis://localhost:6379/1\nAPP_NAME=blog\n\
                      SMTP_ADDRESS=smtp.mailgun.org\nSMTP_PASSWORD={4}\nADMIN_PASSWORD=blog123\n",
            ),
            ("config/master.key", "{1}\n"),
        ],
        work: &[
            (
                "config/database.yml",
                "development:\n  adapter: postgresql\n  username: postgres\n  password: postgres\n  pool: 5\n\
                      database: blog_development\n",
            ),
            (
                "app/models/blog.rb",
                "class Blog < ApplicationRecord\n  # production and development differ\n  NAME = 'blog'\nend\n",
            ),
        ],
        secrets: &[0, 1, 4],
    },
    // Next.js
    Project {
        files: &[(
            ".env.local",
            "NEXT_PUBLIC_API_URL=https://api.acme.io/v1\nNEXT_PUBLIC_POSTHOG_KEY={1}\nNODE_ENV=development\nPORT=3000\n\
                      NEXTAUTH_URL=http://localhost:3000\nNEXTAUTH_SECRET={6}\nGITHUB_ID=Iv1.a1b2c3d4e5f6a7b8\nSESSION_TOKEN_MAX_AGE=2592000\n\
                      DATABASE_URL=\"mysql://root:{4}@db.acme.io/app?sslaccept=strict\"\nOPENAI_MODEL=gpt-4o-mini\nFEATURES=checkout,search\n",
        )],
        work: &[
            (
                "src/env.ts",
                "export const api = process.env.NEXT_PUBLIC_API_URL ?? 'https://api.acme.io/v1';\nexport const model = 'gpt-4o-mini';\n\
                      export const maxAge = 2592000;\nif (process.env.NODE_ENV === 'development') start('http://localhost:3000');\n",
            ),
            (
                ".env.example",
                "NEXT_PUBLIC_API_URL=https://api.acme.io/v1\nNEXTAUTH_SECRET=\nFEATURES=checkout,search\n",
            ),
            ("src/posthog.ts", "posthog.init('{1}', { api_host: '/ingest' });\n"),
        ],
        secrets: &[6, 4],
    },
    // Laravel
    Project {
        files: &[(
            ".env",
            "APP_NAME=Laravel\nAPP_ENV=local\nAPP_KEY=base64:{6}\nAPP_DEBUG=true\nAPP_URL=http://localhost\nLOG_CHANNEL=stack\n\
                      LOG_LEVEL=debug\nDB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_PORT=3306\nDB_DATABASE=laravel\nDB_USERNAME=root\nDB_PASSWORD=\n\
                      BROADCAST_DRIVER=log\nCACHE_DRIVER=file\nQUEUE_CONNECTION=sync\nSESSION_DRIVER=file\nSESSION_LIFETIME=120\nMAIL_MAILER=smtp\n\
                      MAIL_HOST=mailpit\nMAIL_PASSWORD=null\nMAIL_FROM_NAME=\"${APP_NAME}\"\nPUSHER_APP_SECRET={1}\nPUSHER_APP_CLUSTER=mt1\n",
        )],
        work: &[
            (
                "config/session.php",
                "<?php\nreturn ['driver' => env('SESSION_DRIVER', 'file'), 'lifetime' => env('SESSION_LIFETIME', 120)];\n",
            ),
            (
                "config/app.php",
                "<?php\nreturn ['name' => env('APP_NAME', 'Laravel'), 'key' => env('APP_KEY'), 'url' => 'http://localhost'];\n",
            ),
            (
                "docs/setup.md",
                "MySQL listens on 127.0.0.1:3306; the log channel is `stack`, the level `debug`.\n",
            ),
        ],
        secrets: &[6, 1],
    },
    // Docker Compose
    Project {
        files: &[(
            ".env",
            "COMPOSE_PROJECT_NAME=tracker\nPOSTGRES_USER=tracker\nPOSTGRES_PASSWORD=tracker\nPOSTGRES_DB=tracker\nTAG=v1.4.2\n\
                      MINIO_ROOT_USER=minioadmin\nMINIO_ROOT_PASSWORD=minioadmin\nGRAFANA_ADMIN_PASSWORD={3}\nRABBITMQ_DEFAULT_PASS=guest\n\
                      TRAEFIK_HOST=tracker.localhost\nBACKUP_KEY={0}\nJWT_EXPIRES=3600s\nTOKEN_TTL=15m\n",
        )],
        work: &[
            (
                "docker-compose.yml",
                "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_USER: tracker\n      POSTGRES_PASSWORD: tracker\n\
                      \x20 s3:\n    image: minio/minio\n    environment: [MINIO_ROOT_USER=minioadmin, MINIO_ROOT_PASSWORD=minioadmin]\n\
                      \x20 app:\n    image: tracker:v1.4.2\n    labels: [\"traefik.http.routers.app.rule=Host(`tracker.localhost`)\"]\n",
            ),
            (
                "tracker/main.go",
                "package main\n\n// tracker keeps guest sessions for 3600s or 15m\nfunc main() {}\n",
            ),
        ],
        secrets: &[3, 0],
    },
    // Terraform
    Project {
        files: &[(
            "infra/prod.tfvars",
            "region = \"eu-central-1\"\ninstance_type = \"t3.medium\"\nenvironment = \"production\"\ndb_username = \"app\"\n\
                      db_password = \"{4}\"\ndomain_name = \"acme.io\"\napi_token = \"{1}\" # rotate in May\ntags_owner = \"platform-team\"\n",
        )],
        work: &[(
            "infra/main.tf",
            "provider \"aws\" {\n  region = \"eu-central-1\"\n}\nresource \"aws_instance\" \"app\" {\n  instance_type = \"t3.medium\"\n\
                      \x20 tags = { owner = \"platform-team\", environment = \"production\" }\n}\nvariable \"db_password\" {\n  sensitive = true\n}\n",
        )],
        secrets: &[4, 1],
    },
    // ASP.NET
    Project {
        files: &[(
            "src/Web/appsettings.Development.json",
            "{\n  \"Logging\": { \"LogLevel\": { \"Default\": \"Information\", \"Microsoft.AspNetCore\": \"Warning\" } },\n\
                      \x20 \"ConnectionStrings\": { \"Default\": \"Server=localhost,1433;Database=Shop;User Id=sa;Password={4};TrustServerCertificate=True\" },\n\
                      \x20 \"Jwt\": { \"Issuer\": \"https://shop.io\", \"Audience\": \"shop-web-client\", \"SigningKey\": \"{1}\" }, // local\n}\n",
        )],
        work: &[
            (
                "src/Web/appsettings.json",
                "{ \"Logging\": { \"LogLevel\": { \"Default\": \"Information\", \"Microsoft.AspNetCore\": \"Warning\" } },\n\
                      \"Jwt\": { \"Issuer\": \"https://shop.io\", \"Audience\": \"shop-web-client\" } }\n",
            ),
            (
                "src/Web/Program.cs",
                "var shop = builder.Configuration.GetConnectionString(\"Default\"); // Server=localhost,1433;Database=Shop\n",
            ),
        ],
        secrets: &[4, 1],
    },
    // An npm workspace with a registry of its own
    Project {
        files: &[
            (
                ".npmrc",
                "registry=https://npm.acme.io/\nsave-exact=true\n//npm.acme.io/:_authToken={1}\nengine-strict=true\n",
            ),
            (
                "packages/api/.env",
                "SERVICE_NAME=api\nLOG_LEVEL=info\nSTRIPE_PUBLISHABLE_KEY={0}\nCHAT_WEBHOOK_URL=https://chat.acme.io/hooks/T0/{6}\n\
                      CORS_ORIGINS=http://localhost:5173,https://app.acme.io\nCRON=\"0 3 * * *\"\nCACHE_KEY_PREFIX=acme-api-v2\n",
            ),
        ],
        work: &[
            (
                "packages/api/src/main.ts",
                "const origins = ['http://localhost:5173', 'https://app.acme.io'];\nconst prefix = 'acme-api-v2';\n\
                      schedule('0 3 * * *', report);\nlog('info', 'api');\nconst shown = '{0}';\n",
            ),
            ("package.json", "{ \"name\": \"acme\", \"private\": true, \"workspaces\": [\"packages/*\"] }\n"),
        ],
        secrets: &[1, 6],
    },
    // A Flask service, Streamlit, and a data notebook
    Project {
        files: &[
            (".flaskenv", "FLASK_APP=app:create_app\nFLASK_RUN_PORT=5001\n"),
            (
                ".env",
                "export MONGO_URI=\"mongodb+srv://reader:{3}@cluster0.mongodb.net/metrics?retryWrites=true\"\nexport MODEL=text-embedding-3-small\n\
                      export HF_TOKEN={1}\nexport OMP_NUM_THREADS=8\nexport DATA_DIR=./data/raw\nexport MLFLOW_EXPERIMENT_NAME=churn-baseline\n",
            ),
            (
                ".streamlit/secrets.toml",
                "[connections.sql]\ndialect = \"postgresql\"\nhost = \"db.internal\"\nusername = \"analyst\"\npassword = \"{5}\"\n",
            ),
        ],
        work: &[
            (
                "train.py",
                "MODEL = 'text-embedding-3-small'\nDATA_DIR = './data/raw'\nmlflow.set_experiment('churn-baseline')\ndialect = 'postgresql'\n\
                      host = 'db.internal'\nuser = 'analyst'\nthreads = 8\n",
            ),
            ("notes.md", "A correct horse needs no battery; the reader of metrics is an analyst.\n"),
        ],
        secrets: &[3, 1, 5],
    },
    // A Go service with a netrc and direnv
    Project {
        files: &[
            (
                ".envrc",
                "export GOPRIVATE=github.com/acme/*\nexport APP_ENV=dev\nexport HTTP_TIMEOUT=30s\nexport ENCRYPTION_KEY={0}\nPATH_add bin\n\
                      export ADMIN_PASSWORD='{4}' # local only\nexport SENTRY_DSN=https://{1}@o1.ingest.sentry.io/2\nexport BUILD_SHA={1}\n",
            ),
            (".netrc", "machine git.acme.io\n  login deploy\n  password {3}\n"),
        ],
        work: &[
            (
                "main.go",
                "package main\n\nimport \"time\"\n\nvar timeout = 30 * time.Second // HTTP_TIMEOUT=30s\nconst dsn = \"https://{1}@o1.ingest.sentry.io/2\"\n",
            ),
            ("Makefile", "export GOPRIVATE=github.com/acme/*\ndeploy:\n\tssh deploy@git.acme.io\n"),
        ],
        secrets: &[0, 4, 3],
    },
];

/// Files that hold `value` in five forms, each as somebody would write it.
fn copies(value: &str) -> [(&'static str, String); 5] {
    let percent: String = value
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let (head, tail) = value.split_at(value.len() / 2);
    [
        ("copy/README.md", format!("Open it with `{value}` on your machine.\n")),
        ("copy/call.json", format!("{{\"pass\": {}}}\n", serde_json::to_string(value).unwrap())),
        ("copy/link.txt", format!("https://x.acme.io/?p={percent}&q=1\n")),
        ("copy/blob.txt", format!("{}\n", BASE64.encode(format!("me:{value}\n").as_bytes()))),
        ("copy/split.js", format!("const p = \"{head}\" +\n  \"{tail}\";\n")),
    ]
}

fn scan(fixture: &Fixture) -> (i32, String) {
    let alias = format!("alias.run=!'{}' scan staged --format concise", crate::fixture::PROGRAM);
    fixture.said(&["-c", &alias, "run"])
}

/// The lines of a report that are about known values.
fn about_values(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.contains("the value of `")).collect()
}

fn fixture(project: &Project) -> Fixture {
    let fixture = one_commit();
    for (path, content) in project.files {
        fixture.write(path, filled(content));
    }
    fixture
}

#[test]
fn ordinary_work_beside_secret_files_passes() {
    for project in &PROJECTS {
        let fixture = fixture(project);
        for (path, content) in project.work {
            fixture.stage(path, filled(content));
        }
        let (_, said) = scan(&fixture);
        assert_eq!(about_values(&said), [""; 0], "{}", project.files[0].0);
    }
}

#[test]
fn a_copied_secret_is_stopped_in_every_form() {
    for project in &PROJECTS {
        for number in project.secrets {
            let value = secret(*number);
            let fixture = fixture(project);
            for (path, content) in copies(&value) {
                fixture.stage(path, content);
            }
            let (code, said) = scan(&fixture);
            assert_eq!(code, 1);
            for (path, _) in copies(&value) {
                let told = about_values(&said)
                    .into_iter()
                    .any(|line| line.starts_with(path) && line.contains("error"));
                assert!(told, "{path} with secret {number} of {}:\n{said}", project.files[0].0);
            }
            assert!(!said.contains(&value), "{said}");
        }
    }
}

#[test]
fn the_hooks_name_file_and_variable_and_never_the_value() {
    let value = secret(3);
    for hook in ["pre-commit", "commit-msg", "pre-push"] {
        let fixture = one_commit();
        fixture.write(".env", format!("DB_PASSWORD={value}\n"));
        fixture.git(&["init", "-q", "--bare", "../remote.git"]);
        fixture.git(&["remote", "add", "origin", "../remote.git"]);
        let said = match hook {
            "pre-commit" => {
                fixture.guard("work/.git", hook).stage("README.md", format!("# It\n\nUse {value}.\n"));
                fixture.said(&["commit", "-qm", "it"])
            }
            "commit-msg" => {
                fixture.guard("work/.git", hook).stage("x", "x\n");
                fixture.said(&["commit", "-qm", &format!("open it with {value}")])
            }
            _ => {
                fixture.commit("README.md", format!("# It\n\nUse {value}.\n"));
                fixture.guard("work/.git", hook);
                fixture.said(&["push", "-q", "origin", "main"])
            }
        };
        assert_eq!(said.0, 1, "{hook}: {}", said.1);
        assert!(said.1.contains("the value of `DB_PASSWORD` from .env"), "{hook}: {}", said.1);
        assert!(!said.1.contains(&value), "{hook}: {}", said.1);
    }
}

/// How many known values are told when `.env` holds a password and README.md gets it, after `prepare`.
#[track_caller]
fn check(expected: usize, prepare: impl Fn(&Fixture)) {
    let value = secret(3);
    let fixture = one_commit();
    fixture.write(".env", format!("DB_PASSWORD={value}\n"));
    prepare(&fixture);
    fixture.stage("README.md", format!("Use {value}.\n"));
    let (_, said) = scan(&fixture);
    assert_eq!(about_values(&said).len(), expected, "{said}");
}

#[test]
fn what_the_repository_holds_already_is_no_news() {
    check(1, |_| {});
    check(1, |fixture| drop(fixture.commit("x.yml", format!("password: x{}\n", secret(3)))));
    check(0, |fixture| drop(fixture.commit("x.yml", format!("password: {}\n", secret(3)))));
    check(0, |fixture| drop(fixture.commit(".env", format!("DB_PASSWORD={}\n", secret(3)))));
    check(0, |fixture| _ = fixture.stage(".env", format!("DB_PASSWORD={}\n", secret(3))));
    check(0, |fixture| _ = fixture.write(".env.example", format!("DB_PASSWORD={}\n", secret(3))));
    check(0, |fixture| drop(fixture.commit("README.md", format!("Use {}, please.\n", secret(3)))));
}

#[test]
fn the_configuration_says_whether_values_are_looked_for() {
    let configured = |line: &'static str| {
        move |fixture: &Fixture| {
            fixture.commit(".portcullis/config.toml", format!("schema = 1\n{line}\n"));
        }
    };
    check(1, configured("known_values = true"));
    check(0, configured("known_values = false"));
    check(0, configured("[rules.known-value]\nenabled = false\nreason = 'why not'"));
    let in_home = |line: &'static str| {
        move |fixture: &Fixture| {
            std::fs::rename(fixture.work.join(".env"), fixture.root.join("home/.pgpass")).unwrap();
            std::fs::write(fixture.root.join("home/.pgpass"), format!("h:1:d:u:{}\n", secret(3))).unwrap();
            configured(line)(fixture);
        }
    };
    check(0, in_home(""));
    check(1, in_home("known_values_in_home = true"));
}

#[test]
fn a_rule_that_knows_the_provider_stays_and_a_generic_one_gives_way() {
    let token = crate::fixture::fake_github_token();
    for (env, line, expected) in [
        (format!("GH_TOKEN={token}"), format!("use {token}"), "GitHub personal access token"),
        (
            format!("DB_PASSWORD={}", secret(4)),
            format!("password = \"{}\"", secret(4)),
            "Value of a local secret file",
        ),
    ] {
        let fixture = one_commit();
        fixture.write(".env", env).stage("tests/x.py", format!("{line}\n"));
        let (code, said) = scan(&fixture);
        let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("tests/x.py")).collect();
        assert!(lines.len() == 1 && lines[0].contains(expected), "{said}");
        assert!(code == 1 && lines[0].contains("the value of `"), "{said}");
    }
}

#[test]
fn values_are_found_in_work_trees_below_the_top_and_with_another_index() {
    let value = secret(3);
    let fixture = one_commit();
    fixture.git(&["worktree", "add", "-q", "../other"]);
    let other = fixture.root.join("other");
    std::fs::create_dir_all(other.join("services/api")).unwrap();
    std::fs::write(other.join("services/api/.env"), format!("DB_PASSWORD={value}\n")).unwrap();
    std::fs::write(other.join("services/api/a.py"), format!("connect('{value}')\n")).unwrap();
    let program = crate::fixture::PROGRAM;
    let run = |args: &[&str]| {
        let output = fixture.try_git_in(&other.join("services"), args, b"");
        text(&[output.stdout, output.stderr].concat())
    };
    let (plain, index) = (format!("alias.run=!'{program}' scan staged"), other.join("next-index"));
    run(&["add", "services/api/a.py"]);
    run(&["add", "api/a.py"]);
    assert_eq!(run(&["-c", &plain, "run"]).matches("the value of `DB_PASSWORD`").count(), 1);
    // In another index the secret file is tracked.
    let elsewhere = format!(
        "alias.run=!GIT_INDEX_FILE='{0}' git add -f . && GIT_INDEX_FILE='{0}' '{program}' scan staged",
        index.display()
    );
    assert_eq!(run(&["-c", &elsewhere, "run"]).matches("the value of `DB_PASSWORD`").count(), 0);
}
