"""A container that has several clients of a type: an annotation says by its name which one a constructor gets."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

PARTNER, OTHER = "https://api.partnercenter.microsoft.com/v1/", "https://api.tailspin.example/v1/"

JAVA = """
package a;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.client.RestTemplate;
public class Offers {
    private final RestTemplate rest;
    public Offers(@Qualifier("ASKED") RestTemplate rest) { this.rest = rest; }
    public String list() {
        try {
            return rest.getForObject("/offers", String.class);
        } catch (RuntimeException e) {
            return "[]";
        }
    }
}
"""
KOTLIN = """
package a
import javax.inject.Named
import org.springframework.web.client.RestTemplate
class Offers(@Named("ASKED") private val rest: RestTemplate) {
    fun list(): String = try {
        rest.getForObject("/offers", String::class.java)
    } catch (e: RuntimeException) {
        "[]"
    }
}
"""
BEANS = f"""
package a;
import org.springframework.boot.web.client.RestTemplateBuilder;
import org.springframework.context.annotation.*;
import org.springframework.web.client.RestTemplate;
@Configuration
public class Beans {{
    @Bean("partner")
    public RestTemplate first(RestTemplateBuilder builder) {{ return builder.rootUri("{PARTNER}").build(); }}
    @Bean
    @Qualifier("other")
    public RestTemplate second(RestTemplateBuilder builder) {{ return builder.rootUri("{OTHER}").build(); }}
}}
"""
SYMFONY = """<?php
namespace A;
use Symfony\\Component\\DependencyInjection\\Attribute\\{Autowire, Target};
use Symfony\\Contracts\\HttpClient\\HttpClientInterface;
final class Offers
{
    public function __construct(
        #[ATTRIBUTE]
        private readonly HttpClientInterface $http,
    ) {
    }

    public function list(): array
    {
        return $this->http->request('GET', 'offers')->toArray(false)['items'] ?? [];
    }
}
"""
SCOPED = f"""
framework:
    http_client:
        scoped_clients:
            partner.client:
                base_uri: '{PARTNER}'
            other.client:
                base_uri: '{OTHER}'
"""
CSHARP = """
using System.Net.Http; using System.Threading.Tasks; using Microsoft.Extensions.DependencyInjection;
public class Offers([FromKeyedServices("ASKED")] HttpClient http)
{
    public async Task<string> List() => await (await http.GetAsync("offers")).Content.ReadAsStringAsync();
}
"""
SERVICES = f"""
using System; using Microsoft.Extensions.DependencyInjection;
var services = new ServiceCollection();
services.AddHttpClient("partner", client => client.BaseAddress = new Uri("{PARTNER}")).AddAsKeyed();
services.AddHttpClient("other", client => client.BaseAddress = new Uri("{OTHER}")).AddAsKeyed();
"""

CONTAINERS = {
    "java": lambda name: {"Offers.java": JAVA.replace("ASKED", name), "Beans.java": BEANS},
    "kotlin": lambda name: {"Offers.kt": KOTLIN.replace("ASKED", name), "Beans.java": BEANS},
    "php-service": lambda name: {
        "Offers.php": SYMFONY.replace("ATTRIBUTE", f"Autowire(service: '{name}.client')"),
        "config/packages/framework.yaml": SCOPED,
    },
    "php-target": lambda name: {
        "Offers.php": SYMFONY.replace("ATTRIBUTE", f"Target('{name}.client')"),
        "config/packages/framework.yaml": SCOPED,
    },
    "csharp": lambda name: {"Offers.cs": CSHARP.replace("ASKED", name), "Program.cs": SERVICES},
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_client_is_the_one_that_is_asked_for_by_its_name(container: str) -> None:
    assert loud(CONTAINERS[container]("partner"), "unhandled-401")
    assert not loud(CONTAINERS[container]("other"), "unhandled-401")
