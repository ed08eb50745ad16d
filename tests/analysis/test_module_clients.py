"""The client that a module of NestJS hands to what it provides."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls

API = "https://api.partnercenter.microsoft.com/v1"
JOB = """
import { HttpService } from '@nestjs/axios';
@Injectable()
export class Job {
  constructor(private readonly http: HttpService) {}
  run() { return this.http.axiosRef.get('/customers'); }
  stream() { return firstValueFrom(this.http.get('/invoices')); }
}
"""
MODULE = """
import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { Job } from './job';
@Module({ imports: [ConfigModule.forRoot(), HttpModule.OPTIONS], providers: [Job] })
export class JobModule {}
"""


@pytest.mark.parametrize(
    "options",
    [
        f"register({{ baseURL: '{API}', timeout: 5000 }})",
        f"registerAsync({{ useFactory: () => ({{ baseURL: '{API}' }}) }})",
        "registerAsync({ useFactory: (c: ConfigService) => ({ baseURL: c.get('PC_API') }), inject: [ConfigService] })",
        "registerAsync({ useFactory: () => ({ baseURL: process.env.PC_API }) })",
    ],
)
def test_a_module_says_whom_its_client_calls(options: str) -> None:
    files = {"src/job.ts": JOB, "src/job.module.ts": MODULE.replace("OPTIONS", options), ".env": f"PC_API={API}\n"}
    assert sorted((call.at.path, call.path) for call in api_calls(files)) == [
        ("src/job.ts", "/v1/customers"),
        ("src/job.ts", "/v1/invoices"),
    ]


def test_each_module_has_a_client_of_its_own() -> None:
    other = JOB.replace("class Job", "class Mail").replace("/customers", "/mails")
    modules = {
        "src/job.module.ts": MODULE.replace("OPTIONS", f"register({{ baseURL: '{API}' }})"),
        "src/mail.module.ts": MODULE.replace("Job", "Mail")
        .replace("/job", "/mail")
        .replace("OPTIONS", "register({ baseURL: 'https://a.b' })"),
    }
    found = api_calls({"src/job.ts": JOB, "src/mail.ts": other, **modules})
    assert {call.at.path for call in found} == {"src/job.ts"}


def test_a_handler_of_the_client_sees_every_answer() -> None:
    module = MODULE.replace("OPTIONS", f"register({{ baseURL: '{API}' }})")
    job = JOB.replace(
        "private readonly http: HttpService) {}",
        """private readonly http: HttpService) {
    this.http.axiosRef.interceptors.response.use(undefined, (error) => {
      if (error.response?.status === 401) alertOwner(error.response.data.code);
      throw error;
    });
  }""",
    ).replace("get('/customers')", "get('/customers').catch(() => [])")
    (call, *_) = api_calls({"src/job.ts": job, "src/job.module.ts": module})
    assert call.error_handling.distinguishes_401
